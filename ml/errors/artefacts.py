"""Trained models that cannot be found, read or kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ml.errors.base import LearningError


class ExtractorInvalid(LearningError):
    """Nothing of it was loaded."""

    code = "extractor_invalid"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"these files hold no extractor: {reason}; train it again, or bring the files back"
        )


class MatcherInvalid(LearningError):
    """`file` is one of those that a matcher is written as."""

    code = "matcher_invalid"

    def __init__(self, *, file: str, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(
            f"the matcher's file {file} {reason}; bring it back as it was written, or train anew"
        )


class CategorizerInvalid(LearningError):
    code = "categorizer_invalid"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"the categorizer {reason}; install what is missing, bring its files back as they "
            "were written, or train anew"
        )


class ArtefactError(LearningError):
    code = "artefact_error"


class ArtefactNotFound(ArtefactError):
    """`known` are the versions and aliases there are; `version` is None where even the name is."""

    code = "artefact_not_found"

    def __init__(self, *, name: str, version: str | None, known: Sequence[str]) -> None:
        self.name, self.version, self.known = name, version, tuple(known)
        asked = f"no model {name!r}" if version is None else f"no {version!r} of model {name!r}"
        there = f"there are {', '.join(known)}" if known else "there are none yet"
        super().__init__(f"there is {asked}; {there}")


class ArtefactInvalid(ArtefactError):
    """Nothing of it was registered."""

    code = "artefact_invalid"

    def __init__(self, *, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"the artefact {name!r} cannot be registered: {reason}")


class ArtefactCorrupted(ArtefactError):
    """`reference` is NAME/VERSION; `file` a file of its folder."""

    code = "artefact_corrupted"

    def __init__(
        self,
        *,
        reference: str,
        file: str,
        expected: str,
        found: str,
        remedy: str = "bring the file back, import the bundle of this model again, or train anew",
    ) -> None:
        self.reference, self.file = reference, file
        self.expected, self.found, self.remedy = expected, found, remedy
        super().__init__(f"{reference}: {file} should be {expected} and is {found}; {remedy}")


class ArtefactInUse(ArtefactError):
    code = "artefact_in_use"

    def __init__(self, *, reference: str, alias: str) -> None:
        self.reference, self.alias = reference, alias
        super().__init__(
            f"{reference} is the {alias} and cannot be removed; promote another one first, or "
            f"none: `catalograph models demote {reference.partition('/')[0]} --alias {alias}`"
        )


class BundleInvalid(ArtefactError):
    """Nothing of it was registered."""

    code = "bundle_invalid"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} {reason}; make the bundle again with `catalograph models export`")


class RecommenderInvalid(LearningError):
    code = "recommender_invalid"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"these files hold no recommender that this version reads: {reason}; "
            "train it again with `catalograph finetune recommendation`"
        )


class RegistryUnavailable(LearningError):
    """Whatever was to be registered is not there, not even in part."""

    code = "registry_unavailable"

    def __init__(self, *, folder: Path, reason: str) -> None:
        self.folder, self.reason = folder, reason
        super().__init__(
            f"the models in {folder} cannot be used: {reason}. "
            "See that the disk has room and that this account may write there."
        )
