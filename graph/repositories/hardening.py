"""What a server lets a query do that somebody wrote: its settings, where they are too open."""

from __future__ import annotations

from typing import NamedTuple

from graph.client import Database

SETTINGS = "SHOW SETTINGS YIELD name, value WHERE name IN $names RETURN name, value"


class OpenSetting(NamedTuple):
    """A setting as it is, and the line of neo4j.conf that closes it."""

    name: str
    value: str
    remedy: str


# The values that leave a door open, and the line that closes it.
_DOORS: dict[str, tuple[tuple[str, ...], str]] = {
    "dbms.security.allow_csv_import_from_file_urls": (("true",), "=false"),
    "db.transaction.timeout": (("0s", "0", "0ms"), "=600s"),
    "dbms.memory.transaction.total.max": (("0B", "0"), "=60% of the heap, such as 2g"),
    "db.memory.transaction.max": (("0B", "0"), "=40% of the heap, such as 1g"),
    "dbms.security.procedures.unrestricted": (("*",), "= (empty)"),
}


def open_settings(database: Database) -> list[OpenSetting]:
    """Those settings that let a query read files, run for ever, or take all memory.

    Raises:
        QueryRefused: this account may not see settings.
    """
    rows = database.read(SETTINGS, names=list(_DOORS))
    return [
        OpenSetting(row["name"], row["value"], f"{row['name']}{_DOORS[row['name']][1]}")
        for row in rows
        if row["value"] in _DOORS[row["name"]][0]
    ]
