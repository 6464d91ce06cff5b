"""Questions in Chinese about a shop whose titles are written with spaces, in a real Neo4j."""

import pytest

from app.services.asking_lexicon import load_lexicon
from graph.records import Fact, Item, Named, Parameter
from graph.text import normalise_value
from tests.app.asked_graphs import filled

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

SNOW = Named("雪原", "雪原", ("雪原", "SNOWFIELD"))
HILL = Named("青山", "青山", ("青山",))
KITS = Named("工具套装", "工具套装", ("工具套装",))
CREAMS, FANS = Named("面霜", "面霜", ("面霜",)), Named("电风扇", "电风扇", ("电风扇",))
PARAMETERS = {
    one.id: one
    for one in (
        Parameter("规格", "规格", "number", "ml", ("规格",)),
        Parameter("功效", "功效", "text", None, ("功效",)),
        Parameter("适用肤质", "适用肤质", "text", None, ("适用肤质",)),
        Parameter("是否含酒精", "是否含酒精", "boolean", None, ("是否含酒精",)),
        Parameter("产地", "产地", "text", None, ("产地",)),
        Parameter("上市日期", "上市日期", "number", "year", ("上市日期",)),
        Parameter("噪音", "噪音", "number", "dB", ("噪音",)),
        Parameter("质保期", "质保期", "number", "month", ("质保期",)),
        Parameter("上市年份", "上市年份", "number", None, ("上市年份",)),
        Parameter("件数", "件数", "number", "pcs", ("件数",)),
        Parameter("可否机洗", "可否机洗", "boolean", None, ("可否机洗",)),
    )
}


def offer(sku, title, brand, category, price, **cells):
    facts = (
        Fact(normalise_value(cell, PARAMETERS[field]), evidence=field)
        for field, texts in cells.items()
        for cell in (texts if isinstance(texts, tuple) else (texts,))
    )
    return Item(
        "product", f"shop:{sku}", title, "shop", sku, price=price, currency=None, brand=brand,
        categories=(category,), facts=tuple(facts),
    )  # fmt: skip


def cream(sku, title, brand, price, skin, origin, year, *, effects, alcohol="否", size="50毫升"):
    cells = {"功效": effects, "适用肤质": skin, "产地": origin, "上市日期": year}
    return offer(sku, title, brand, CREAMS, price, 是否含酒精=alcohol, 规格=size, **cells)


def fan(sku, title, brand, price, noise, origin, months):
    cells = {"噪音": noise, "产地": origin, "质保期": months}
    return offer(sku, title, brand, FANS, price, **cells)


def kit(sku, title, price, pieces, **cells):
    return offer(sku, title, HILL, KITS, price, 件数=pieces, 上市年份="2024", **cells)


PRODUCTS = (
    cream("1", "【正品】雪原 极光面霜 50毫升 包邮", SNOW, 150.0, "油性", "上海", "2023",
          effects=("保湿", "紧致")),
    cream("2", "雪原 SNOWFIELD 深海面霜 ３０ｍｌ", SNOW, 230.0, "敏感性", "法国", "2024",
          effects=("美白",), alcohol="是", size="30ml"),
    cream("3", "雪原 初雪面霜 50ml 补水", SNOW, 310.0, "混合性", "上海", "2025",
          effects=("控油",)),
    cream("4", "青山 灵芝面霜 75ml", HILL, 90.0, "油性", "法国", "2024",
          effects=("修护", "舒缓"), size="75ml"),
    offer("10", "青山 QINGSHAN 當歸禮盒 75ml", HILL, KITS, 35.0),
    fan("5", "青山 静音电风扇 QS-F11 白色", HILL, 200.0, "45分贝", "法国", "12个月"),
    fan("6", "青山 迷你电风扇 QS-F12", HILL, 120.0, "32分贝", "上海", "24个月"),
    fan("7", "青山 落地电风扇 QS-F13", HILL, 420.0, "50分贝", "上海", "36个月"),
    kit("8", "青山 多用工具套装 25件套", 80.0, "25件", 可否机洗="可"),
    kit("9", "青山 家用工具套装 60件套", 160.0, "60件", 可否机洗="不可"),
)  # fmt: skip


@pytest.fixture(scope="module")
def shop(shared_database):
    return filled(shared_database, PRODUCTS, parameters=PARAMETERS)


@pytest.fixture
def lexicon(shop):
    return load_lexicon(shop)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        # spaces of titles, and the other name of a brand in them, are not said
        ("青山灵芝面霜多少钱？", [90.0]),
        ("青山当归礼盒多少钱？", [35.0]),  # in the other script
        ("青山靈芝面霜多少錢？", [90.0]),
        ("雪原深海面霜是多少毫升的？", [30.0]),
        ("雪原深海面霜含酒精吗", ["yes"]),
        ("雪原极光面霜有什么功效？", ["紧致", "保湿"]),
        ("极光面霜的功效", ["紧致", "保湿"]),  # of which 极 and 光 say nothing by themselves
        ("和雪原极光面霜同产地的电风扇", ["青山 落地电风扇 QS-F13", "青山 迷你电风扇 QS-F12"]),
        # what is said of goods
        ("QS-F11产自哪里？", ["法国"]),
        ("QS-F11的产地是哪里", ["法国"]),
        ("QS-F13保修多久？", [36.0]),
        ("QS-F13的保修期是几年", [36.0]),
        ("最安静的电风扇是哪一款", ["青山 迷你电风扇 QS-F12"]),
        ("哪款电风扇噪声最大", ["青山 落地电风扇 QS-F13"]),
        ("适合油性皮肤的面霜", ["【正品】雪原 极光面霜 50毫升 包邮", "青山 灵芝面霜 75ml"]),
        ("油性肌肤用的面霜", ["【正品】雪原 极光面霜 50毫升 包邮", "青山 灵芝面霜 75ml"]),
        ("保修两年的电风扇", ["青山 迷你电风扇 QS-F12"]),
        ("质保三十六个月的电风扇", ["青山 落地电风扇 QS-F13"]),
        ("保修半年的电风扇", []),  # and not all that have a 保修期
        ("质保期超过半年的电风扇", ["青山 静音电风扇 QS-F11 白色", "青山 落地电风扇 QS-F13",
                                    "青山 迷你电风扇 QS-F12"]),
        ("210元左右的面霜", ["雪原 SNOWFIELD 深海面霜 ３０ｍｌ"]),
        ("60件的工具套装", ["青山 家用工具套装 60件套"]),
        ("50件以上的工具套装", ["青山 家用工具套装 60件套"]),
        ("不到50件的工具套装", ["青山 多用工具套装 25件套"]),
        ("QS-F11产自法国还是上海", ["法国"]),
        ("不能机洗的工具套装", ["青山 家用工具套装 60件套"]),
        ("可以机洗的工具套装", ["青山 多用工具套装 25件套"]),
        # years are no prices
        ("2024年上市的面霜", ["雪原 SNOWFIELD 深海面霜 ３０ｍｌ", "青山 灵芝面霜 75ml"]),
        ("2024年之后上市的面霜", ["雪原 初雪面霜 50ml 补水"]),
        # prices of no currency are compared as they are
        ("200元以下的面霜", ["【正品】雪原 极光面霜 50毫升 包邮", "青山 灵芝面霜 75ml"]),
        ("价格在100到300元之间的面霜", ["【正品】雪原 极光面霜 50毫升 包邮",
                                         "雪原 SNOWFIELD 深海面霜 ３０ｍｌ"]),
    ],
)  # fmt: skip
async def test_a_chinese_shop_is_asked_in_its_words(asking, question, answer):
    result = await asking.ask(question)

    assert not result.refused, result.text
    assert sorted(map(str, result.answer)) == sorted(map(str, answer))


@pytest.mark.parametrize(
    "question",
    [
        "极夜面霜的功效",  # a name that nothing has
        "2030年之后停产的电风扇",
        "冰川面霜多少钱",
        "防水的电风扇",
    ],
)
async def test_what_a_chinese_shop_does_not_say_is_refused(asking, question):
    assert (await asking.ask(question)).refused
