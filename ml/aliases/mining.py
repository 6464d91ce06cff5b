"""Names that texts have for the things of a graph, and that no catalog gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from graph.records import ItemText
from ml.aliases.material import gathered
from ml.aliases.records import Entity, Learnt
from ml.aliases.trial import AliasConfig, Trial


def learn_names(
    items: Iterable[ItemText], entities: Sequence[Entity], config: AliasConfig | None = None
) -> Learnt:
    """Phrases that stand in titles where the name of an entity would stand.

    A phrase that is as good a name of several entities is none.

    Args:
        items: with what a catalog or a person says of them, and nothing that was read from texts.
        entities: everything that these items can be, each once.
    """
    config = config or AliasConfig()
    material = gathered(items, entities, fewest=config.min_support)
    dropped: Counter[str] = Counter()
    found = [
        one
        for role in range(len(material.roles))
        for one in Trial(material, role, config, dropped).names()
    ]
    phrases = Counter(phrase for phrase, _ in found)
    names = [name for phrase, name in found if phrases[phrase] == 1]
    if len(names) < len(found):
        dropped["of several"] = len(found) - len(names)
    names.sort(key=lambda one: (one.kind, one.parameter or "", one.entity, -one.support, one.name))
    return Learnt(tuple(names), len(material.texts), dict(dropped))
