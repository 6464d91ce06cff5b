"""A reference catalogue and titles of real offers, with families that are held out of the graph."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.reference_models import as_catalog_model, dump_files
from benchmarks.columns_of_items import read_items
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import load_mapping_file
from graph.records import FactText, Item, ItemText, Named, Parameter, ValueView
from ml.data.splits import Shares, families, split_by_group
from ml.grounding.judging import JudgedText
from ml.grounding.lexicon import Lexicon
from ml.linking.gold import Gold
from ml.linking.offers import read_offers

ACCEPT = 0.85  # what `build-graph` takes at once
TEST = 0.4  # of the families with offers

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Material:
    """A graph without the held-out families, and titles of both sides."""

    parameters: Mapping[str, Parameter]
    graph: Sequence[ItemText]
    families: Sequence[str]
    dev: Sequence[JudgedText]
    test: Sequence[JudgedText]


def material(options: argparse.Namespace) -> Material:
    items = read_items(dump_files(options.catalog), options.mapping, "benchmark")
    parameters = RowMapping(load_mapping_file(options.mapping)).parameters
    brands = [item.brand.id if item.brand else None for item in items]
    groups = families(brands, [item.title for item in items])
    family_of = {item.id: group for item, group in zip(items, groups, strict=True)}
    text_of = {item.id: item_text(item) for item in items}
    gold = Gold([as_catalog_model(item, parameters) for item in items])
    judged = gold.judge(read_offers(options.offers, options.category))
    offers = {one.title: one.model for one in judged}
    known = [
        JudgedText(
            ItemText("product", title, model=Named(model, model), facts=text_of[model].facts),
            family_of[model],
        )
        for title, model in offers.items()
        if model is not None
    ]
    asked = sorted({one.family for one in known})
    split = split_by_group(asked, Shares(valid=0.0, test=TEST), seed=options.seed)
    held_out = {asked[at] for at in split.test.tolist()}
    graph = [item for item in items if family_of[item.id] not in held_out]
    return Material(
        parameters=parameters,
        graph=[text_of[item.id] for item in graph],
        families=[family_of[item.id] for item in graph],
        dev=[one for one in known if one.family not in held_out],
        test=[one for one in known if one.family in held_out],
    )


def item_text(item: Item) -> ItemText:
    facts = {fact.value.id: fact.value for fact in item.facts}.values()
    return ItemText(
        "model",
        item.title,
        id=item.id,
        names=item.names,
        brand=Named(item.brand.id, item.brand.name) if item.brand else None,
        facts=tuple(
            FactText(one.parameter, one.parameter, one.id, one.text, one.number, one.unit)
            for one in facts
        ),
    )


def lexicon_of(parameters: Mapping[str, Parameter], items: Sequence[ItemText]) -> Lexicon:
    counts = Counter(fact.value for item in items for fact in item.facts)
    values = {fact.value: fact for item in items for fact in item.facts}
    return Lexicon.of(
        parameters.values(),
        [
            ValueView(one.value, one.parameter, one.text, one.number, one.unit, (), counts[id])
            for id, one in values.items()
        ],
    )


def say(began: float, text: str) -> None:
    print(f"{time.monotonic() - began:5.0f} s  {text}", file=sys.stderr, flush=True)
