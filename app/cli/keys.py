"""`catalograph keys`: make, list and revoke API keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.output import FAILED, Json, err, fail, out, print_json, print_table
from app.keys import KeyFile, Scope
from app.settings import load_settings

cli = typer.Typer(help="API keys: make, list, revoke.", no_args_is_help=True)


@cli.command()
def create(
    name: Annotated[str, typer.Argument(help="Who uses it; shown in lists and logs.")],
    scope: Annotated[
        Scope,
        typer.Option(
            help="What it may do: query is read and raw Cypher, write is read and changes."
        ),
    ] = Scope.READ,
    json: Json = False,
) -> None:
    """Make a key. It is shown once; only its hash is kept."""
    key, token = KeyFile(load_settings().keys_path).create(name, scope, now=datetime.now(UTC))
    if json:
        print_json({"id": key.id, "name": key.name, "scope": key.scope, "key": token})
        return
    out.print(token, highlight=False, soft_wrap=True)
    err.print(f"Key {key.id} with scope {key.scope}. Keep it now: it is not shown again.")


@cli.command(name="list", hidden=True)
@cli.command()
def ls(json: Json = False) -> None:
    """List the keys, without their secrets."""
    keys = KeyFile(load_settings().keys_path).list()
    rows = [(key.id, key.name, str(key.scope), f"{key.created:%Y-%m-%d %H:%M}") for key in keys]
    if json:
        print_json(
            [dict(zip(("id", "name", "scope", "created"), row, strict=True)) for row in rows]
        )
    else:
        print_table("API keys", ("id", "name", "scope", "created (UTC)"), rows)


@cli.command()
def revoke(
    id: Annotated[str, typer.Argument(help="As `catalograph keys ls` shows it.")],
    json: Json = False,
) -> None:
    """Make a key worthless; running servers notice within a second."""
    if not KeyFile(load_settings().keys_path).revoke(id):
        reason = f"there is no key {id!r}; see `catalograph keys ls`"
        fail(reason, code="key_not_found", exit_code=FAILED, as_json=json)
    if json:
        print_json({"revoked": id})
    else:
        out.print(f"Key {id} is revoked.")
