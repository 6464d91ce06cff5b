"""What is said about items and cannot be kept."""

from __future__ import annotations

from collections.abc import Mapping

from graph.errors.base import GraphError


class MappingInvalid(GraphError):
    code = "mapping_invalid"

    def __init__(self, *, path: str, place: str, reason: str) -> None:
        self.path, self.place, self.reason = path, place, reason
        super().__init__(f"{path}: {place}: {reason}")


class FilterInvalid(GraphError):
    """A filter expression that cannot be understood; `position` counts characters from 0."""

    code = "filter_invalid"

    def __init__(self, *, expression: str, position: int, reason: str) -> None:
        self.expression, self.position, self.reason = expression, position, reason
        super().__init__(f"filter, character {position + 1}: {reason}")


class ValueInvalid(GraphError):
    code = "value_invalid"

    def __init__(self, *, value: str, reason: str) -> None:
        self.value, self.reason = value, reason
        super().__init__(reason)


class DraftInvalid(GraphError):
    """An item that cannot be stored; `field` is a path such as `facts/2/value`."""

    code = "item_invalid"

    def __init__(self, *, field: str, value: str, reason: str, code: str = "item_invalid") -> None:
        self.field, self.value, self.reason, self.reject_code = field, value, reason, code
        super().__init__(f"{field}: {reason}")


class ImportFailed(GraphError):
    """The import stopped; what it wrote before stays, and a second run goes on from there."""

    code = "import_failed"

    def __init__(self, *, file: str, place: str, reason: str) -> None:
        self.file, self.place, self.reason = file, place, reason
        super().__init__(f"{file}: {place}: {reason}")


class NothingLoaded(ImportFailed):
    """Every row was rejected; `codes` counts them by reason, `examples` has one of each."""

    code = "nothing_loaded"

    def __init__(
        self, *, file: str, codes: Mapping[str, int], examples: Mapping[str, str], rejects: str
    ) -> None:
        self.codes, self.examples = dict(codes), dict(examples)
        rows, commonest = sum(codes.values()), max(codes, key=lambda code: codes[code])
        such_as = f", such as {examples[commonest]}" if commonest in examples else ""
        super().__init__(
            file=file,
            place=f"all {rows:,} rows" if rows > 1 else "its only row",
            reason=f"nothing was loaded: {codes[commonest]:,} rejected as {commonest}{such_as}. "
            f"{rejects} every line with its reason; mend the mapping or the rows, and load them "
            "again",
        )


class ReviewError(GraphError):
    """A decision that cannot be taken."""

    code = "review_error"


class ProposalUnknown(ReviewError):
    """`item`: what it would be about, where that is not in the graph."""

    code = "proposal_unknown"

    def __init__(self, *, id: str, item: str | None = None) -> None:
        self.id, self.item = id, item
        why = (
            f"no fact was ever proposed as {id!r}"
            if item is None
            else f"{id!r} is about {item!r}, which the graph does not have"
        )
        super().__init__(f"{why}; take an id from the review list")


class ProposalStale(ReviewError):
    code = "proposal_stale"

    def __init__(
        self, *, id: str, value: str, reason: str, remedy: str = "read the list again"
    ) -> None:
        self.id, self.value, self.reason = id, value, reason
        super().__init__(f"{value} {reason}; nothing was changed, {remedy}")


class DatabaseNotEmpty(GraphError):
    """A bulk load would replace what is there."""

    code = "database_not_empty"

    def __init__(self, *, place: str, nodes: int) -> None:
        self.place, self.nodes = place, nodes
        super().__init__(
            f"the database of {place} has {nodes:,} nodes, and a bulk load begins with none; "
            "nothing was changed. Load into it with `catalograph import`, or use another home "
            "folder (CATALOGRAPH_HOME)."
        )


class BulkLoadFailed(GraphError):
    """`log_tail` is the end of what neo4j-admin said, if it was that."""

    code = "bulk_load_failed"

    def __init__(self, *, place: str, reason: str, log_tail: str = "") -> None:
        self.place, self.reason, self.log_tail = place, reason, log_tail
        super().__init__(
            f"{place}: {reason}" + (f"; the end of it:\n{log_tail}" if log_tail else "")
        )
