"""A catalogue of lamps, to ask about: nothing of it is in the code."""

from collections import Counter
from dataclasses import replace

from graph.records import Fact, Item, Named, Parameter, ValueView
from graph.text import normalise_value
from ml.asking.examples import best_known
from ml.asking.lexicon import AskingLexicon, Exemplar
from ml.asking.senses import AskedModel

PARAMETERS = {
    one.id: one
    for one in (
        Parameter("weight", "Weight", "number", "g", ("Weight", "重量")),
        Parameter("diameter", "Shade diameter", "number", "cm", ("Shade diameter", "灯罩直径")),
        Parameter("flux", "Luminous flux", "number", "lm", ("Luminous flux", "光通量")),
        Parameter("year", "Year", "number", None, ("Year", "年份")),
        Parameter("socket", "Socket", "text", None, ("Socket", "灯座")),
        Parameter("finish", "Finish", "text", None, ("Finish", "表面")),
        Parameter("dimmable", "Dimmable", "boolean", None, ("Dimmable", "可调光")),
    )
}
ACME = Named("acme", "Acme", ("Acme", "艾克美"))
BOLT = Named("bolt", "Bolt", ("Bolt",))
LAMPS = Named("lamps", "Table lamps", ("Table lamps", "台灯"))


def lamp(name, brand, **cells):
    values = [
        Fact(normalise_value(part, PARAMETERS[field]), evidence=field)
        for field, cell in cells.items()
        for part in cell.split(" / ")
    ]
    title = f"{brand.name} {name}"
    id = title.lower().replace(" ", "-")
    return Item(
        "model", id, title, "specs", id, names=(title,), brand=brand, categories=(LAMPS,),
        facts=tuple(values),
    )  # fmt: skip


MODELS = (
    lamp("Aurora 3", ACME, weight="900 g", diameter="20 cm", flux="400 lm", year="2016",
         socket="Edison E27", finish="Black / Brushed steel", dimmable="yes"),
    lamp("Aurora 5", ACME, weight="1.2 kg", diameter="25 cm", flux="800 lm", year="2019",
         socket="Edison E27", finish="Black", dimmable="yes"),
    lamp("Glow", ACME, weight="650 g", diameter="15 cm", flux="250 lm", year="2018",
         socket="Bayonet B22", finish="White", dimmable="no"),
    lamp("Nova 12", BOLT, weight="2 kg", diameter="40 cm", flux="1200 lm", year="2019",
         socket="Edison E27", finish="White / Black", dimmable="no"),
    lamp("Nova 7", BOLT, weight="1.2 kg", diameter="30 cm", flux="700 lm", year="2015",
         socket="Edison E14", finish="Black", dimmable="yes"),
)  # fmt: skip


def lexicon(models=MODELS, parameters=PARAMETERS, *, offers=False):
    """What `load_lexicon` makes of these models."""
    stated = Counter(fact.value for model in models for fact in model.facts)
    found = AskingLexicon.of(
        parameters.values(),
        [
            ValueView(v.id, v.parameter, v.text, v.number, v.unit, items=count)
            for v, count in stated.items()
        ],
        brands=list({model.brand.id: model.brand for model in models}.values()),
        categories=[LAMPS],
        models=[
            AskedModel(m.id, m.title, m.brand.name, m.brand.id, m.names, len(m.facts))
            for m in models
        ],
        several=["finish"],
        offers=offers,
    )
    known = best_known(found)
    if known is None:
        return found
    fields = frozenset(fact.value.parameter for m in models for fact in m.facts if m.id == known.id)
    return replace(found, exemplar=Exemplar(known.id, fields, fields))
