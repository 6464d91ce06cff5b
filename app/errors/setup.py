"""What keeps an application from starting or being ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.errors.base import AppError


class SettingsInvalid(AppError):
    code = "settings_invalid"

    def __init__(self, *, variable: str, value: str | None, reason: str, meaning: str) -> None:
        self.variable, self.value, self.reason, self.meaning = variable, value, reason, meaning
        shown = variable if value is None else f"{variable}={value!r}"
        super().__init__(f"{shown}: {reason}. Change or unset it; it sets: {meaning}.")


class AddressInUse(AppError):
    code = "address_in_use"

    def __init__(self, *, host: str, port: int, reason: str) -> None:
        self.host, self.port, self.reason = host, port, reason
        super().__init__(
            f"cannot listen on {host}, port {port}: it {reason}. "
            "Stop what listens there, or give another port with --port (0 takes any free one)."
        )


class ExamplesMissing(AppError):
    code = "examples_missing"

    def __init__(self, *, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder} has no example catalog; it comes with the source. "
            "Run the demo in a checkout, or name its folder with --examples."
        )


class KeyFileInvalid(AppError):
    code = "key_file_invalid"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"{path}: {reason}. No key is accepted until this file is mended, "
            "or removed and its keys made again with `catalograph keys create`."
        )


class NotReady(AppError):
    """`parts` names what is not ready, each with its remedy."""

    code = "not_ready"

    def __init__(self, parts: Mapping[str, str]) -> None:
        self.parts = parts
        super().__init__("; ".join(f"{name}: {remedy}" for name, remedy in parts.items()))


class BuildInvalid(AppError):
    code = "build_invalid"

    def __init__(self, *, setting: str, reason: str) -> None:
        self.setting, self.reason = setting, reason
        super().__init__(f"{setting}: {reason}")


class FillInvalid(BuildInvalid):
    code = "fill_invalid"


class SourceUnknown(AppError):
    code = "source_unknown"

    def __init__(self, *, source: str, known: Sequence[str]) -> None:
        self.source, self.known = source, known
        there = f"there are {', '.join(known)}" if known else "no product was imported so far"
        super().__init__(f"no product is of the source {source!r}; {there}")


class ChampionUnreadable(AppError):
    """`reference` is NAME/VERSION."""

    code = "champion_unreadable"

    def __init__(self, *, reference: str, reason: str) -> None:
        self.reference, self.reason = reference, reason
        name = reference.partition("/")[0]
        self.finding = f"{reference} was promoted and does not load: {reason}"
        self.remedy = (
            f"`catalograph models promote {name}/VERSION` lets another one serve, and "
            f"`catalograph models demote {name}` none"
        )
        super().__init__(f"{self.finding}. Until then, {self.remedy}")


class KindsDiffer(AppError):
    """`references` are NAME/VERSION of the first and of one of another kind; `kinds` are theirs."""

    code = "kinds_differ"

    def __init__(self, *, references: tuple[str, str], kinds: tuple[str, str]) -> None:
        self.references, self.kinds = references, kinds
        super().__init__(
            f"{references[1]} is of the kind {kinds[1]}, and {references[0]} of {kinds[0]}: their "
            "numbers measure different things. Name versions of one kind; "
            "`catalograph models ls` lists them with theirs"
        )


class FillerMissing(AppError):
    code = "filler_missing"

    def __init__(self) -> None:
        super().__init__(
            "no model that fills gaps has been promoted: `catalograph finetune filling` learns one "
            "from what the graph knows, and says how much it would fill in"
        )


class ThresholdMissing(AppError):
    code = "threshold_missing"

    def __init__(self) -> None:
        super().__init__(
            "no matching model has been promoted, and what rules give is no probability that links "
            "could be written by: train one with `catalograph finetune matching`, or say with "
            "--threshold from which score on you take two products for the same"
        )
