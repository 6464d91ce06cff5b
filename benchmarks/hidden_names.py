"""Whether names of values that are hidden from it are learnt from titles that say them.

    python -m benchmarks.hidden_names triples.txt.gz [--show]

Each line of the file is a title, an attribute and its value, or NULL, divided by the byte 0x01.
Every value gets a name that no title has; a learnt name is right where it is the hidden one, and
partly right where they share a word.
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from graph.errors import ValueInvalid
from graph.records import FactText, ItemText, Parameter
from graph.text import normalise_value, slug
from ml.aliases.mining import learn_names
from ml.aliases.records import Entity, Role
from ml.grounding.tokens import key

OFTEN = 10  # titles that state a value, for it to be asked after


def facts_of(path: Path) -> Iterator[tuple[str, FactText]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            title, attribute, value = line.rstrip("\n").split("\x01")
            parameter = Parameter(slug(attribute), attribute, "text")
            if value != "NULL" and parameter.id:
                try:
                    found = normalise_value(value, parameter)
                except ValueInvalid:
                    continue
                yield title, FactText(parameter.id, attribute, found.id, found.text, None, None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("triples", type=Path)
    parser.add_argument("--show", action="store_true", help="names that are not the hidden ones")
    options = parser.parse_args()
    items: dict[str, dict[str, FactText]] = {}
    for title, fact in facts_of(options.triples):
        items.setdefault(title, {})[fact.value] = fact
    values = {id: fact for facts in items.values() for id, fact in facts.items()}
    learnt = learn_names(
        [ItemText("product", title, facts=tuple(facts.values())) for title, facts in items.items()],
        [
            Entity(Role("value", fact.parameter), id, f"qzx{number}")
            for number, (id, fact) in enumerate(values.items())
        ],
    )
    exact = [one for one in learnt.names if key(one.name) == key(values[one.entity].text)]
    rest = [one for one in learnt.names if one not in exact]
    part = [one for one in rest if set(key(one.name)) & set(key(values[one.entity].text))]
    for one in rest if options.show else ():
        print(f"  {one.name} for {values[one.entity].text}, {one.support} titles: {one.example}")
    stated = Counter(id for facts in items.values() for id in facts)
    often = {id for id, titles in stated.items() if titles >= OFTEN}
    found = often & {one.entity for one in exact}
    print(
        f"{learnt.texts:,} titles, {len(learnt.names)} names: {len(exact)} exact, {len(part)} part"
    )
    print(f"{len(found)} of {len(often)} values that {OFTEN} titles state have their name again")


if __name__ == "__main__":
    main()
