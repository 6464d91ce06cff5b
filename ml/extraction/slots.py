"""Numbers for the parameters of each category, in the order in which training met them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ml.extraction.records import LabelledText

STRANGER = -1
UNKNOWN = ""  # category of a labelled text that says none


@dataclass(frozen=True, slots=True)
class Slots:
    """A slot is a parameter of a category: `Size` of shoes is another one than `Size` of lures.

    Attributes:
        slots: (category, parameter), each once.
    """

    slots: tuple[tuple[str, str], ...]
    parameters: tuple[str, ...]
    slot_ids: dict[tuple[str, str], int]
    parameter_ids: dict[str, int]
    of_category: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, slots: Iterable[tuple[str, str]]) -> Slots:
        distinct = tuple(dict.fromkeys(slots))
        parameters = tuple(dict.fromkeys(parameter for _, parameter in distinct))
        of_category: dict[str, list[str]] = {}
        for category, parameter in distinct:
            of_category.setdefault(category, []).append(parameter)
        return cls(
            slots=distinct,
            parameters=parameters,
            slot_ids={slot: n for n, slot in enumerate(distinct)},
            parameter_ids={parameter: n for n, parameter in enumerate(parameters)},
            of_category={category: tuple(names) for category, names in of_category.items()},
        )

    @classmethod
    def of_texts(cls, texts: Sequence[LabelledText]) -> Slots:
        return cls.of((text.category, name) for text in texts for name in text.values)

    def category(self, named: str) -> str:
        """What it is read as: a stranger as unknown, where training had texts of unknown ones."""
        is_stranger = named not in self.of_category and UNKNOWN in self.of_category
        return UNKNOWN if is_stranger else named

    def asked(self, category: str) -> tuple[str, ...]:
        """Parameters that the category had in training; of a stranger, all that any had."""
        return self.of_category.get(category, self.parameters)

    def slot(self, category: str, parameter: str) -> int:
        return self.slot_ids.get((category, parameter), STRANGER)

    def parameter(self, parameter: str) -> int:
        return self.parameter_ids.get(parameter, STRANGER)
