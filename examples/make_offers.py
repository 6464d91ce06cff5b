"""Shop offers for the example phones, with what every title says marked in it.

    python examples/make_offers.py

writes offers.csv and offers_gold.jsonl beside phones.csv: the same bytes for the same phones.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from offers.draw import Draw
from offers.phones import Names, Phone, read_phones
from offers.prices import AS_OF_YEAR, price
from offers.shops import SHOPS, Language, Shop
from offers.titles import Draft, Piece, write_title

COLUMNS = (
    "sku", "shop", "language", "title", "brand", "model", "price", "currency", "in_stock",
)  # fmt: skip
OFFERS = 1_700
FEWEST_OFFERS = 2  # of every phone, so that it can be matched across offers
_PLAIN_NAME_SHARE = 0.4  # certainly as in the catalogue; else any form, that one among them


@dataclass(frozen=True)
class Offer:
    shop: Shop
    title: tuple[Piece, ...]
    phone: Phone
    brand: str
    model: str
    price: str
    in_stock: bool

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.title)


def make_offers(phones: Sequence[Phone], draw: Draw) -> list[Offer]:
    """In the order of a feed: by no phone and no shop; no shop lists one title twice."""
    languages: tuple[Language, ...] = ("en", "zh")
    names = {language: Names(phones, language) for language in languages}
    offers: dict[tuple[str, str], Offer] = {}
    for phone, count in zip(phones, _counts(phones, draw), strict=True):
        wanted = len(offers) + count
        while len(offers) < wanted:
            shop = draw.weighted(SHOPS, [_shop_weight(shop, phone) for shop in SHOPS])
            offer = _make_offer(phone, shop, names[shop.language], draw)
            offers.setdefault((shop.name, offer.text), offer)
    return draw.shuffled(list(offers.values()))


def _counts(phones: Sequence[Phone], draw: Draw) -> list[int]:
    """Many for new phones of brands with many models, few for the others."""
    models = Counter(phone.brand for phone in phones)
    weights = [
        min(models[phone.brand], 25) * max(2, 16 - (AS_OF_YEAR - phone.year)) for phone in phones
    ]
    numbers = range(len(phones))
    extra = max(0, OFFERS - FEWEST_OFFERS * len(phones))
    drawn = Counter(draw.weighted(numbers, weights) for _ in range(extra))
    return [FEWEST_OFFERS + drawn[number] for number in numbers]


def _shop_weight(shop: Shop, phone: Phone) -> int:
    """Chinese shops list few phones of brands that have no Chinese name."""
    return shop.weight * (3 if shop.language == "en" or phone.chinese_brands else 1)


def _make_offer(phone: Phone, shop: Shop, names: Names, draw: Draw) -> Offer:
    storages, rams = phone.variants("storage"), phone.variants("ram")
    step = draw.below(len(storages)) if storages else 0
    model_text, says_brand = _name(phone, shop, names, draw)
    draft = Draft(
        phone=phone,
        shop=shop,
        model_text=model_text,
        says_brand=says_brand,
        ram=_ram_beside(rams, step, len(storages)),
        storage=storages[step] if storages else "",
        colour=draw.pick(phone.palette),
        used=draw.chance(shop.used),
    )
    return Offer(
        shop=shop,
        title=tuple(write_title(draft, draw)),
        phone=phone,
        brand=_brand_cell(phone, shop, draw) if draw.chance(shop.brand_column) else "",
        model=phone.model if draw.chance(shop.model_column) else "",
        price=price(phone, step, draft.used, shop.currency, draw),
        in_stock=draw.chance(0.85),
    )


def _name(phone: Phone, shop: Shop, names: Names, draw: Draw) -> tuple[str, bool]:
    """How the title calls the model, and whether the brand stands beside it."""
    alone = names.alone(phone)
    no_brand = 0.5 if phone.is_named_by(phone.model) else shop.no_brand
    says_brand = not alone or not draw.chance(no_brand)
    forms = names.with_brand(phone) if says_brand else alone
    plain = phone.model in forms and draw.chance(_PLAIN_NAME_SHARE)
    return (phone.model if plain else draw.pick(forms)), says_brand


def _ram_beside(rams: Sequence[str], step: int, steps: int) -> str:
    """The larger storage comes with the larger memory."""
    if not rams:
        return ""
    return rams[step * (len(rams) - 1) // (steps - 1) if steps > 1 else 0]


def _brand_cell(phone: Phone, shop: Shop, draw: Draw) -> str:
    if shop.language == "zh" and phone.chinese_brands and draw.chance(0.75):
        return phone.chinese_brands[0]
    return phone.brand


def skus(offers: Sequence[Offer], draw: Draw) -> Iterator[str]:
    """The shop's letters and a number that only grows, with gaps."""
    number = 10_000
    for offer in offers:
        number += 1 + draw.below(9)
        yield f"{offer.shop.prefix}-{number}"


def csv_row(sku: str, offer: Offer) -> tuple[str, ...]:
    return (
        sku,
        offer.shop.name,
        offer.shop.language,
        offer.text,
        offer.brand,
        offer.model,
        offer.price,
        offer.shop.currency,
        "true" if offer.in_stock else "false",
    )


def gold_row(sku: str, offer: Offer) -> dict[str, object]:
    """`start` and `end` count characters of the title as it stands in offers.csv."""
    attributes: list[dict[str, object]] = []
    at = 0
    for piece in offer.title:
        end = at + len(piece.text)
        if piece.parameter:
            attributes.append(
                {
                    "parameter": piece.parameter,
                    "value": piece.value,
                    "text": piece.text,
                    "start": at,
                    "end": end,
                }
            )
        at = end
    model = {"brand": offer.phone.brand, "model": offer.phone.model}
    return {"sku": sku, "model": model, "attributes": attributes}


def write_whole(path: Path, text: str) -> None:
    """The file appears complete or stays as it was, with LF on every system."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def main(arguments: Sequence[str] | None = None) -> None:
    here = Path(__file__).parent / "phones"
    parser = argparse.ArgumentParser(description="Write the example offers and their gold file.")
    parser.add_argument("--seed", type=int, default=20240601)
    parser.add_argument("--phones", type=Path, default=here / "phones.csv")
    parser.add_argument("--output", type=Path, default=here)
    options = parser.parse_args(arguments)

    draw = Draw(options.seed)
    offers = make_offers(read_phones(options.phones, draw), draw)
    numbered = list(zip(skus(offers, draw), offers, strict=True))

    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(csv_row(sku, offer) for sku, offer in numbered)
    gold = "".join(
        json.dumps(gold_row(sku, offer), ensure_ascii=False) + "\n" for sku, offer in numbered
    )
    options.output.mkdir(parents=True, exist_ok=True)
    write_whole(options.output / "offers.csv", table.getvalue())
    write_whole(options.output / "offers_gold.jsonl", gold)
    print(f"{len(offers)} offers written to {options.output}")


if __name__ == "__main__":
    main()
