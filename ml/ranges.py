"""What a setting of a recipe may be, checked when the recipe is read."""

from __future__ import annotations

from typing import Annotated

import msgspec

Positive = Annotated[float, msgspec.Meta(gt=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
PartialShare = Annotated[float, msgspec.Meta(ge=0, lt=1)]  # what is left is divided by
Count = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Seed = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]  # JSON readers know no larger numbers
# Neo4j indexes vectors of 4,096 numbers at most; an item has one of the text and one of the graph.
Width = Annotated[int, msgspec.Meta(ge=1, le=2_048)]
Depth = Annotated[int, msgspec.Meta(ge=0, le=64)]  # of layers; more only fill the memory
