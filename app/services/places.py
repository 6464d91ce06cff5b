"""Where a run is that goes page by page: what it tells, and keeps in a file to go on from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from graph.records import Record

_NAME = "place.json"

Place = TypeVar("Place", bound=msgspec.Struct)


class PagesProgress(Record, frozen=True):
    """How far a run is that writes facts of stored items, in those that it goes through."""

    rows_read: int
    total: int
    facts: int  # that it has for them


@dataclass(frozen=True, slots=True)
class KeptPlace(Generic[Place]):
    """The place of one run.

    Attributes:
        folder: of this run alone.
        type: of what is kept.
    """

    folder: Path
    type: type[Place]

    def read(self) -> Place | None:
        """None: the run is at its beginning."""
        try:
            return msgspec.json.decode((self.folder / _NAME).read_bytes(), type=self.type)
        except FileNotFoundError:
            return None

    def keep(self, place: Place) -> None:
        """Whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{_NAME}.part"
        part.write_bytes(msgspec.json.encode(place))
        part.replace(self.folder / _NAME)

    def forget(self) -> None:
        (self.folder / _NAME).unlink(missing_ok=True)
