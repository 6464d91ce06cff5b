"""Options of commands that train a network on a pretrained transformer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.services.training_runs import Tuned
from app.settings import load_settings

if TYPE_CHECKING:
    from ml.extraction.starts import Start

Tune = Annotated[
    Tuned,
    typer.Option(
        help="What learns of the pretrained transformer: nothing (head), its last two layers, "
        "adapters beside its own weights, or all."
    ),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="NAME/VERSION",
        help="Begin with the text encoder of this artefact, such as products/champion.",
    ),
]
Checkpoint = Annotated[
    Path | None,
    typer.Option(help="Begin with the transformer in this folder, as `save_pretrained` writes it."),
]
Network = Annotated[
    Literal["auto", "scratch", "none"],
    typer.Option(help="auto: on the English transformer, if its package is installed."),
]
Epochs = Annotated[
    int | None,
    typer.Option(min=1, max=100, help="Of each network; default: 5, of few texts 10."),
]


def start_of(reference: str | None, folder: Path | None) -> Start | None:
    """Raises as `start_from` and `start_of_folder`."""
    if reference is not None and folder is not None:
        raise typer.BadParameter("give --from or --checkpoint, not both", param_hint="--from")
    if folder is not None:
        from app.services.starts import start_of_folder

        return start_of_folder(folder)
    if reference is not None:
        from app.services.models import registry_of
        from app.services.starts import start_from

        return start_from(registry_of(load_settings()), reference)
    return None
