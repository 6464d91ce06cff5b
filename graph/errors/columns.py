"""Snapshots and vectors that cannot be read, written or used."""

from __future__ import annotations

from graph.errors.base import GraphError


class VectorsError(GraphError):
    """Vectors that cannot be written."""

    code = "vectors_error"


class VectorUnusable(VectorsError):
    """A vector of another width than its model's, or with a number in it that is none."""

    code = "vector_unusable"

    def __init__(self, *, model: str, id: str, reason: str) -> None:
        self.model, self.id, self.reason = model, id, reason
        super().__init__(
            f"the vector that {model} gives for {id!r} {reason}; nothing of its batch was written. "
            "Train the model again, or promote another one."
        )


class VectorsSuperseded(VectorsError):
    """Another model's vectors are being written into the same place."""

    code = "vectors_superseded"

    def __init__(self, *, model: str) -> None:
        self.model = model
        super().__init__(
            f"another model is being embedded, or serves already, in the place of {model}; "
            "what serves is not touched. Embed again with the model that should serve."
        )


class ExportScopeInvalid(GraphError):
    code = "export_scope_invalid"

    def __init__(self, *, choice: str, reason: str) -> None:
        self.choice, self.reason = choice, reason
        super().__init__(f"{choice} {reason}")


class NodesUnknown(GraphError):
    code = "nodes_unknown"

    def __init__(self, *, ids: tuple[str, ...]) -> None:
        self.ids = ids
        super().__init__(
            f"no open item, brand, category, parameter or value has the id {ids[0]!r}"
            + (f", nor {len(ids) - 1} more of the ids" if len(ids) > 1 else "")
            + "; `catalograph query` finds ids by names"
        )


class SnapshotError(GraphError):
    """The graph as columns cannot be read, written or merged."""

    code = "snapshot_error"


class SnapshotInvalid(SnapshotError):
    """`place` is a folder, file or table that is not what a snapshot has there."""

    code = "snapshot_invalid"

    def __init__(self, *, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")


class SnapshotMismatch(SnapshotError):
    """An increment that does not follow on the snapshot it is to be merged into."""

    code = "snapshot_mismatch"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}. Export the whole graph instead, without --since")


class SnapshotNotWritten(SnapshotError):
    """Such as a full disk; what was there before is as it was."""

    code = "snapshot_not_written"

    def __init__(self, *, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"cannot write {path}: {reason}. What was there is as it was: make room, see that this "
            "account may write there, or name another place"
        )


class SnapshotTargetTaken(SnapshotError):
    code = "snapshot_target_taken"

    def __init__(self, *, path: str) -> None:
        self.path = path
        super().__init__(
            f"{path} is there and is no snapshot; nothing was changed. "
            "Name a folder that is not there, or a snapshot, which is replaced."
        )
