"""Names of columns to what they usually mean, in several languages."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain

from graph.ingest.suggest.shapes import CURRENCIES, LANGUAGE_CODES, SIGNS, listed
from graph.text import find_unit, slug

EXACT, INSIDE = 1.0, 0.8

# Divided by `|`. A name also counts at the end of a longer one: `product category`, `商品分类`.
_NAMES: dict[str, str] = {
    "id": "sku|id|item id|product id|offer id|article id|listing id|goods id|asin|item code|"
    "product code|article number|article no|item number|item no|item sku|product sku|uniq id|"
    "unique id|handle|code|artikelnummer|artikelnr|artikel nr|art nr|artnr|bestellnummer|"
    "bestellnr|produktnummer|produktnr|référence|réf|référence article|réf article|"
    "référence produit|réf produit|référence fournisseur|réf fournisseur|code article|"
    "code produit|numéro article|referencia|código artículo|codice articolo|codice prodotto|"
    "商品编号|商品id|产品编号|产品id|货号|编号|宝贝id|商品编码|产品编码|品番|артикул",
    "title": "title|name|product name|product title|item name|item title|headline|标题|名称|品名|"
    "商品名|商品名称|产品名称|商品标题|宝贝标题|产品标题|titel|titre|désignation|libellé|intitulé|"
    "nom produit|nom du produit|nom article|nombre|nom|bezeichnung|"
    "artikelname|artikelbezeichnung|produktname|produktbezeichnung|название|"
    "наименование|商品名",
    "brand": "brand|brand name|manufacturer|manufacturer name|maker|make|producer|品牌|品牌名称|"
    "vendor|厂商|制造商|生产商|牌子|marke|hersteller|marque|fabricant|marca|fabricante|бренд|"
    "производитель|ブランド",
    "brand names": "brand names|brand aliases|brand alias|other brand names|品牌别名",
    "names": "aliases|alias|other names|also known as|aka|synonyms|别名|又名",
    "category": "category|categories|category name|category label|category path|category tree|"
    "path|product category|product type|department|breadcrumb|breadcrumbs|taxonomy|分类|类目|类别|"
    "品类|kategorie|warengruppe|produktgruppe|famille|famille produit|rayon|type de produit|"
    "catégorie|categoría|categoria|категория|カテゴリ",
    "subcategory": "subcategory|sub category|subcategory name|second category|unterkategorie|"
    "sous catégorie|sous famille|subcategoría|sottocategoria|подкатегория|子类|子类目|二级类目",
    "model": "model|model name|型号|机型|modell|modèle|modelo|модель",
    "description": "description|product description|long description|short description|details|"
    "summary|about|body html|descriptif|description produit|descrizione|描述|简介|详情|商品描述|"
    "商品详情|介绍|beschreibung|artikelbeschreibung|produktbeschreibung|kurzbeschreibung|"
    "descripción|описание",
    "language": "language|lang|locale|language code|语言|sprache|langue|idioma",
    "price": "price|selling price|sale price|current price|final price|offer price|price amount|"
    "price value|amount|价格|售价|现价|单价|销售价|preis|verkaufspreis|prix|prix de vente|"
    "prix public|prix unitaire|tarif|precio|precio de venta|prezzo|prezzo di vendita|цена|価格",
    "currency": "currency|currency code|price currency|币种|货币|货币代码|währung|devise|moneda|"
    "валюта",
    "gtin": "gtin|gtin8|gtin12|gtin13|gtin14|ean|ean13|ean code|upc|upc code|barcode|bar code|"
    "isbn|isbn13|code ean|gencod|code barre|code barres|jan|条码|条形码|商品条码|国际条码|"
    "strichcode|штрихкод",
    "mpn": "mpn|part number|part no|manufacturer part number|manufacturer number|model number|"
    "model no|modelnumber|料号|零件号|厂家编号|herstellernummer|herstellernr|hersteller nr",
    "url": "url|link|product url|product link|item url|page url|href|canonical url|deeplink|链接|"
    "网址|商品链接|产品链接|详情链接",
    "image_url": "image|images|image url|image urls|image link|img|img url|picture|pictures|photo|"
    "photos|visuel|image src|images src|thumbnail|main image|primary image|图片|主图|图片链接|"
    "商品图片|图片地址|bild|imagen",
    "in_stock": "in stock|instock|availability|available|is available|stock|stock status|"
    "is in stock|库存|有货|是否有货|库存状态|verfügbar|verfügbarkeit|lieferbar|lager|disponible|"
    "наличие|stock quantity|stock qty|stock level|stock count|units in stock|quantity in stock|"
    "inventory|inventory level|inventory quantity|inventory qty|quantity available|qty available|"
    "available quantity|available qty|on hand|quantity on hand|qty on hand|quantity|qty|库存数量|"
    "库存量|数量|bestand|lagerbestand|menge|anzahl|existencias|cantidad|quantité|"
    "quantité en stock|stock disponible|disponibilité|qté|giacenza|quantità|остаток|количество|"
    "在庫|在庫数",
}
_ROLE_OF = {
    name: role
    for role, names in _NAMES.items()
    for name in (" ".join(slug(each).split("-")) for each in names.split("|"))
}
# `vendor name` is no title and `vendor id` no id of the item: at the end of a longer name, these
# count only behind a word for the item itself.
_OWN = listed(
    "product item article offer listing goods full display short long main ad 商品 产品 宝贝"
)
_NEEDS_OWN = listed("vendor name id code title link amount about make jan quantity qty path")
# A number of things, which may be how many there are, or how many are in a pack.
_HOW_MANY = listed("quantity qty 数量 menge anzahl cantidad quantité quantità количество")
_AT_HAND = listed("stock inventory available hand")
_NOT_AT_HAND = listed("min minimum max maximum safety reorder target initial 最小 最大 安全")
_LESS_A_PRICE = listed(
    "original old list regular was msrp rrp compare before retail max min maximum minimum cost "
    "shipping delivery lowest highest ht hors achat barré conseillé ancien "
    "原价 市场价 划线价 成本 运费 吊牌价"
)
_WITH_TAX = listed("ttc vat tva mwst iva incl inkl brutto")
_SHOWS_AN_ID = listed("id ids uuid guid 编号 编码")
_SHOWS_A_POSITION = listed("index idx no nr row rownum rank position 序号 行号 排名 x0")
# Of objects that say one thing each: `{"name": "Weight", "value": "2 kg"}`.
NAME_KEYS = listed(
    "name key label k attribute property 名称 属性名 属性名称 参数名 属性 nom nombre"
)
VALUE_KEYS = listed("value values text v val 值 属性值 参数值 内容 valeur wert valor")
_YES_NO_WORDS = listed("is has have with supports can 是否 支持")
_CHANGES = listed(
    "price prices cost rating ratings review reviews score stock quantity qty inventory sold sales "
    "prix tarif preis preise precio prezzo bestand lager quantité remise rabatt avis "
    "views likes discount rank popularity updated crawled date time timestamp availability votes"
)
_CHANGES_CHINESE = (
    "价",
    "价格",
    "评分",
    "评价",
    "评论",
    "评论数",
    "销量",
    "库存",
    "折扣",
    "时间",
    "日期",
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IN_BRACKETS = re.compile(r"^(.*?)\s*[(\[（【]\s*([^)\]）】]{1,20}?)\s*[)\]）】]\s*$")


@lru_cache(maxsize=4_096)
def words_of(header: str) -> tuple[str, ...]:
    """`productTitle`, `product_title`, `PRODUCT TITLE`: product, title."""
    spaced = _CAMEL.sub(" ", header)
    return tuple(slug(spaced).split("-")) if any(map(str.isalnum, spaced)) else ()


def roles_of(header: str) -> dict[str, float]:
    """The roles that a name speaks for, and how clearly."""
    words = [word for word in words_of(header) if not _is_aside(word)]
    if language_in(header):  # title.fr
        words.pop()
    while words and words[-1].isdigit():  # image 1
        words.pop()
    found: dict[str, float] = {}
    for start in range(len(words)):
        phrase = " ".join(words[start:])
        role = _ROLE_OF.get(phrase)
        if role and (start == 0 or _may_follow(phrase, words[start - 1])):
            found.setdefault(role, EXACT if start == 0 else INSIDE)
            break  # the longest name counts: `brand name` is no name
    if not found and words:
        found = _chinese_end(words[-1])
    if "brand" in found and words == ["vendor"]:  # or who sells it
        found["brand"] = INSIDE
    if "price" in found and _LESS_A_PRICE.intersection(words):
        found["price"] -= 0.4
    if not _NOT_AT_HAND.isdisjoint(words):
        found.pop("in_stock", None)
    return found


def language_in(header: str) -> str | None:
    """The language that its last word says: fr of `title.fr` and `Title (FR)`."""
    words = words_of(header)
    return words[-1] if len(words) > 1 and words[-1] in LANGUAGE_CODES else None


def _may_follow(phrase: str, before: str) -> bool:
    return phrase.split()[-1] not in _NEEDS_OWN or before in _OWN or len(phrase.split()) > 1


def _chinese_end(word: str) -> dict[str, float]:
    """Chinese puts no spaces: the last characters of the name are looked up."""
    if word.isascii():
        return {}
    for start in range(1, len(word) - 1):
        if (role := _ROLE_OF.get(word[start:])) and not word[start:].isascii():
            found = INSIDE if role not in ("title", "id") or word[:start] in _OWN else 0.0
            found = found - 0.4 if word in _LESS_A_PRICE else found
            return {role: found} if found > 0 else {}
    return {}


def _is_aside(word: str) -> bool:
    return word.upper() in CURRENCIES or word in SIGNS or word in _WITH_TAX


def currency_in(header: str) -> str | None:
    """The currency of `Price (EUR)`, `Price €` and 价格（元）."""
    codes = (w.upper() for w in words_of(header) if w.upper() in CURRENCIES)
    signs = (code for sign, code in SIGNS.items() if sign in header)
    return next(chain(codes, signs), None)


def is_foreign_id(header: str) -> bool:
    """The id of something: of the item itself if it is told from all others by it."""
    last = words_of(header)[-1:]
    chinese = any(not word.isascii() and word.endswith(("id", "编号", "编码")) for word in last)
    return chinese or not _SHOWS_AN_ID.isdisjoint(last)


def says_how_many(header: str) -> bool:
    """A `quantity`, which need not be the stock."""
    words = words_of(header)
    if not words or not _AT_HAND.isdisjoint(words) or "库存" in words[-1]:
        return False
    return words[-1] in _HOW_MANY or words[-1].endswith("数量")


def is_position(header: str) -> bool:
    words = words_of(header)
    return not words or words[-1] in _SHOWS_A_POSITION or words[0] in ("unnamed", "index")


def is_question(header: str) -> bool:
    words = words_of(header)
    return bool(words) and (words[0] in _YES_NO_WORDS or words[0].startswith(("是否", "支持")))


def split_unit(header: str) -> tuple[str, str | None]:
    """`Weight (g)`, `weight_kg`: the name without its unit, and the unit."""
    if match := _IN_BRACKETS.match(header):
        unit = find_unit(match[2])
        return (match[1], unit.symbol) if unit and match[1] else (header, None)
    words = re.split(r"[_\s.-]+", header)
    unit = find_unit(words[-1]) if len(words) > 1 else None
    # `made in` and `size a` end with words, not with units.
    if (
        unit
        and len(words[-1]) > 1
        and words[-1].lower() not in ("in", "ft", "mo", "mi", "to", "ha")
    ):
        return header[: -len(words[-1])].rstrip("_ .-"), unit.symbol
    return header, None


def shown_name(header: str) -> str:
    """A parameter's name as people read it: `screen_size` is Screen size."""
    spaced = re.sub(r"[_\s]+", " ", _CAMEL.sub(" ", header)).strip()
    return spaced[:1].upper() + spaced[1:] if spaced.islower() else spaced


def is_volatile(header: str) -> bool:
    """Whether it names what changes while the thing stays the same: prices, ratings, stock."""
    words = words_of(header)
    return not _CHANGES.isdisjoint(words) or any(word.endswith(_CHANGES_CHINESE) for word in words)
