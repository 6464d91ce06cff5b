"""Files of examples that cannot be learnt from or judged by."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ml.errors.base import LearningError


class GazetteerInvalid(LearningError):
    """`line` counts from 1; it is None where the whole file is meant."""

    code = "gazetteer_invalid"

    def __init__(self, *, path: Path, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        place = f"{path}" if line is None else f"{path}, line {line}"
        super().__init__(
            f"{place}: {reason}. A gazetteer is a UTF-8 file with one name a line; mend it, or go "
            "without by --no-gazetteers"
        )


class SpansInvalid(LearningError):
    """Entities lie within their text, hold something and do not overlap, from left to right."""

    code = "spans_invalid"

    def __init__(self, *, text: str, type: str, start: int, end: int) -> None:
        self.text, self.type, self.start, self.end = text, type, start, end
        super().__init__(
            f"{type} at {start}..{end} is outside of its text of {len(text)} characters, empty, or "
            "overlaps the entity before it; sort the entities and leave this one out"
        )


class SplitLeaks(LearningError):
    """Parts that share what they are judged on would make every score too good."""

    code = "split_leaks"

    def __init__(self, *, what: str, parts: tuple[str, ...], example: str) -> None:
        self.what = what
        self.parts = parts
        self.example = example
        super().__init__(
            f"{what} is not in exactly one of the parts {', '.join(parts)}: {example}; "
            "split by whole groups"
        )


class LabelsInvalid(LearningError):
    """`line` counts from 1; it is None where the whole file is meant."""

    code = "labels_invalid"

    def __init__(self, *, path: Path, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        place = f"{path}" if line is None else f"{path}, line {line}"
        super().__init__(
            f"{place}: {reason}. A file of labelled texts has a JSON object in each line: `input`, "
            "`category` and `target_scores`, which gives every attribute its values, "
            '`{"Color": {"red": 1}}`; "n/a" says that the text does not say it'
        )


class TriplesInvalid(LearningError):
    """`line` counts from 1; it is None where the whole file is meant."""

    code = "triples_invalid"

    def __init__(self, *, path: Path, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        place = f"{path}" if line is None else f"{path}, line {line}"
        super().__init__(
            f"{place}: {reason}. A file of triples has either a first line with their number and "
            "then `head tail relation` as ids, or `head`, `relation`, `tail` separated by tabs"
        )


class CatalogueEmpty(LearningError):
    code = "catalogue_empty"

    def __init__(self) -> None:
        super().__init__(
            "there is no model to link to: the catalogue is empty; give a dump with at least one "
            "row that its mapping makes a model of"
        )


class OffersInvalid(LearningError):
    """`line` counts from 1; it is None where the whole file is meant."""

    code = "offers_invalid"

    def __init__(
        self,
        *,
        path: Path,
        reason: str,
        line: int | None = None,
        columns: Sequence[str] = ("product_title", "cluster_label", "category_label"),
    ) -> None:
        self.path, self.reason, self.line, self.columns = path, reason, line, columns
        place = f"{path}" if line is None else f"{path}, line {line}"
        needed = f"{', '.join(columns[:-1])} and {columns[-1]}"
        super().__init__(
            f"{place}: {reason}. A file of offers is CSV with a header and at least the columns "
            f"{needed}"
        )


class CategoriesTooFew(LearningError):
    """`categories` have a title."""

    code = "categories_too_few"

    def __init__(self, *, categories: int) -> None:
        self.categories = categories
        super().__init__(
            "categories are learnt from titles of two of them or more, and there are titles of "
            f"{categories}; give titles of others as well"
        )


class OffersTooFew(LearningError):
    """`models` of the catalogue have offers."""

    code = "offers_too_few"

    def __init__(self, *, models: int) -> None:
        self.models = models
        super().__init__(
            "linking is learnt from offers of two models of the catalogue or more, beside those it "
            f"is judged by, and of those to learn from there are {models}; give more offers, or a "
            "catalogue that has their models"
        )


class PairsInvalid(LearningError):
    """`line` counts from 1; `path` is None for pairs that came from no file."""

    code = "pairs_invalid"

    def __init__(self, *, path: Path | None, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        place = "the labelled pairs" if path is None else f"{path}"
        place = place if line is None else f"{place}, line {line}"
        super().__init__(
            f"{place}: {reason}. A file of pairs has `COL name VAL text ...`, a second record "
            "like it and 1 (the same product) or 0 in each line, divided by tabs; learning needs "
            "both labels"
        )


class TitlesInvalid(LearningError):
    """`line` counts from 1; it is None where the whole file is meant."""

    code = "titles_invalid"

    def __init__(self, *, path: Path, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        place = f"{path}" if line is None else f"{path}, line {line}"
        super().__init__(
            f"{place}: {reason}. A file of labelled titles has a character, a tab and O, B-TYPE, "
            "I-TYPE, E-TYPE or S-TYPE in every line, and an empty line behind every title"
        )


class QuestionsInvalid(LearningError):
    """`line` counts from 1; it is None where the whole file is meant."""

    code = "questions_invalid"

    def __init__(self, *, path: Path, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        place = f"{path}" if line is None else f"{path}, line {line}"
        super().__init__(
            f"{place}: {reason}; each line is a JSON object with `question`, `language` "
            '(en or zh) and `expected` (a list of names or numbers, or "refuse")'
        )


class SequencesInvalid(LearningError):
    """`line` counts from 1; it is None where the whole file is meant."""

    code = "sequences_invalid"

    def __init__(self, *, path: Path, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        place = f"{path}" if line is None else f"{path}, line {line}"
        super().__init__(
            f"{place}: {reason}. A file of sequences has a shopper and then the items taken, in "
            "the order of time, in each line; a file of attributes is one JSON object, "
            '{"item": ["attribute", ...]}'
        )
