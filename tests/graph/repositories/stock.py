"""A small catalog with one of everything that reads have to tell apart."""

from graph.records import Fact, Item, Named, Parameter
from graph.text.values import normalise_value

PARAMETERS = {
    one.id: one
    for one in (
        Parameter("display", "Display", "number", "in", ("Display", "屏幕")),
        Parameter("ram", "RAM", "number", "GB", ("RAM",)),
        Parameter("colour", "Colour", "text", None, ("Colour",)),
        Parameter("nfc", "NFC", "boolean", None, ("NFC",)),
    )
}

ACME = Named("acme", "Acme", ("Acme", "ACME Inc."))
BOLT = Named("bolt", "Bolt", ("Bolt",))
ELECTRONICS = Named("electronics", "Electronics", ("Electronics",))
PHONES = Named("electronics/phones", "Phones", ("Phones", "手机"))
SMART = Named("electronics/phones/smart", "Smart", ("Smart",))
TOOLS = Named("tools", "Tools", ("Tools",))
ONE = Named("acme-one", "Acme One", ("Acme One", "One"))
UNKNOWN = Named("bolt-x", "Bolt X", ("Bolt X",))


def facts(**cells):
    return tuple(
        Fact(normalise_value(cell, PARAMETERS[name]), evidence=name.title())
        for name, cell in cells.items()
    )


ITEMS = (
    Item(
        "model",
        ONE.id,
        ONE.name,
        "specs",
        "m1",
        names=ONE.names,
        brand=ACME,
        categories=(ELECTRONICS, PHONES, SMART),
        facts=facts(display="6.1 in", ram="8 GB", nfc="yes"),
    ),
    Item(
        "product",
        "north:1",
        "Acme One 8GB black",
        "north",
        "h1",
        description="The one.",
        language="en",
        price=500.0,
        currency="EUR",
        gtin="4006381333931",
        mpn="A1",
        url="https://shop.example/1",
        image_url="https://shop.example/1.jpg",
        in_stock=True,
        brand=ACME,
        categories=(ELECTRONICS, PHONES, SMART),
        model=ONE,
        facts=facts(ram="8 GB", colour="Black"),
    ),
    Item(
        "product",
        "north:2",
        "Acme 一号 12GB 黑色",
        "north",
        "h2",
        language="zh",
        price=650.5,
        currency="CNY",
        in_stock=False,
        brand=ACME,
        categories=(ELECTRONICS, PHONES),
        model=ONE,
        facts=facts(ram="12 GB", colour="Black", display="6.7 in"),
    ),
    Item(
        "product",
        "south:1",
        "Bolt X",
        "south",
        "h3",
        price=100.0,
        currency="EUR",
        brand=BOLT,
        categories=(TOOLS,),
        model=UNKNOWN,
        facts=facts(nfc="no"),
    ),
    Item("product", "south:2 '\"` {} $id //", "No name; DROP", "south", "h4"),
)
