"""Where a run is that goes page by page, kept in a file of its folder, so that it can go on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

_NAME = "place.json"

Place = TypeVar("Place", bound=msgspec.Struct)


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
