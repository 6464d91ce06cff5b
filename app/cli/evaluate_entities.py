"""`catalograph evaluate entities`: how well entities are found in titles."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from ml.evaluation.report import Report

Train = Annotated[
    Path, typer.Option(help="Titles to learn from: a character, a tab and a BIEOS label a line.")
]
Valid = Annotated[Path, typer.Option(help="Titles that say how far confidences can be believed.")]
Test = Annotated[Path, typer.Option(help="Titles to score, once; read after the training.")]
Gazetteer = Annotated[
    list[str] | None,
    typer.Option(
        "--gazetteer",
        metavar="TYPE=FILE",
        help="Names of entities, one a line; in place of the folder `gazetteers` beside --train.",
    ),
]
NoGazetteers = Annotated[
    bool, typer.Option("--no-gazetteers", help="Learn from the labelled titles alone.")
]
Fast = Annotated[bool, typer.Option("--fast", help="One network in the place of several.")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1)]


def report_on_entities(
    train: Path,
    valid: Path,
    test: Path,
    *,
    gazetteer: list[str],
    no_gazetteers: bool,
    fast: bool,
    seed: int,
    notify: Callable[[str], None],
) -> Report:
    from ml.entities.config import FAST, TaggingConfig
    from ml.entities.evaluation import EntityFiles, evaluate_entities
    from ml.entities.gazetteers import FOLDER, gazetteers_beside

    if no_gazetteers and gazetteer:
        raise typer.BadParameter(
            "leaves nothing for --gazetteer to name; take one of them", param_hint="--no-gazetteers"
        )
    named = _named(gazetteer)
    files = EntityFiles(
        train, valid, test, {} if no_gazetteers else named or gazetteers_beside(train)
    )
    if not files.gazetteers and not no_gazetteers:
        notify(
            f"no gazetteers: there is no file in {train.parent / FOLDER}; --gazetteer names some"
        )
    config = replace(FAST if fast else TaggingConfig(), seed=seed)
    return evaluate_entities(files, config, notify=notify)


def _named(options: list[str]) -> dict[str, Path]:
    """Files by type; a second one of a type is `TYPE#2`."""
    found: dict[str, Path] = {}
    times: Counter[str] = Counter()
    for option in options:
        kind, sign, path = option.partition("=")
        if not (sign and kind and path):
            raise typer.BadParameter(f"{option!r} is not TYPE=FILE", param_hint="--gazetteer")
        times[kind] += 1
        found[kind if times[kind] == 1 else f"{kind}#{times[kind]}"] = Path(path)
    return found
