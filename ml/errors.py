"""Everything that `ml` raises on purpose, in one tree.

LearningError
├── ArtefactError               one trained model in the registry
│   ├── ArtefactNotFound        no such name, version or alias
│   ├── ArtefactInvalid         one that cannot be registered as it is
│   ├── ArtefactCorrupted       a file that is not what was registered
│   ├── ArtefactInUse           an alias points to it
│   └── BundleInvalid           a file that holds no artefact
├── RegistryUnavailable         a full disk, a folder that cannot be written
├── DeviceMissing               a GPU that is not there
├── CatalogueEmpty              no model that a text could be linked to
├── EncoderUnusable             nothing can be compared with what the graph holds
│   ├── EncoderMissing          no model is there
│   └── EncoderMismatch         one is whose vectors are not those of the graph
├── ExtractorInvalid            files that hold no extractor
├── FeatureMissing              a graph that no featurizer has been over
├── GazetteerInvalid            a list of entity names that cannot be read
├── GraphTooSmall               nothing to learn from
├── ImageFolderMissing          a folder of pictures that is not there
├── ImageUnusable               one picture that cannot be read
├── HeteroFileInvalid           a file that is no exported graph
├── OffersInvalid               a file of offers that cannot be read or judged by
├── OffersTooFew                offers that name no two models of a catalogue
├── CheckpointInvalid           a checkpoint that this run cannot go on from
├── CheckpointNotWritten        a full or broken disk
├── JournalNotWritten           the same, or a folder that cannot be written
├── LabelsInvalid               a file of labelled texts that cannot be read or judged by
├── MatcherInvalid              files that are no matcher of this version
├── PairsInvalid                a file of labelled pairs that cannot be read or learnt from
├── RecipeInvalid               a setting of a training run that makes no sense
├── SpansInvalid                entities that no text can have
├── SplitLeaks                  parts that share what they are judged on
├── TriplesInvalid              a file of triples that cannot be read or judged by
├── TensorBoardMissing          a package that was asked for and is not installed
├── TextCheckpointInvalid       a folder that holds no transformer to start from
├── TitlesInvalid               a file of labelled titles that cannot be read or judged by
├── TrainingDiverged            a loss that is no number
└── TrainingProcessFailed       one of several processes that train together
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from graph.records import EncoderModel


class LearningError(Exception):
    """Base of the tree; `code` is stable and goes into problem+json and exit messages."""

    code: ClassVar[str] = "learning_error"

    def __reduce__(self) -> tuple[Any, ...]:
        """Processes hand errors to each other: made again from its fields, which are all it has."""
        return _made_again, (type(self), vars(self))


def _made_again(kind: type[LearningError], fields: dict[str, Any]) -> LearningError:
    return kind(**fields)


class EncoderUnusable(LearningError):
    """A text that no vector can be made of, or none that means something here."""

    code = "encoder_unusable"


class EncoderMissing(EncoderUnusable):
    code = "encoder_missing"

    def __init__(self) -> None:
        super().__init__(
            "no trained model has embedded this catalog and is loaded, so a text cannot be "
            "compared: pretrain one, or send facts, a brand or a category"
        )


class EncoderMismatch(EncoderUnusable):
    """The loaded model would give vectors that mean nothing beside those of the graph."""

    code = "encoder_mismatch"

    def __init__(self, *, loaded: EncoderModel, serving: EncoderModel) -> None:
        self.loaded, self.serving = loaded, serving
        super().__init__(
            f"the vectors of the catalog are those of {serving.key} ({serving.width} numbers), and "
            f"{loaded.key} ({loaded.width} numbers) is loaded; embed the catalog with it, or "
            f"promote {serving.key} again"
        )


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


class GraphTooSmall(LearningError):
    """A graph, or the part of it that was asked for, that holds nothing to learn from."""

    code = "graph_too_small"

    def __init__(self, *, missing: str, remedy: str) -> None:
        self.missing = missing
        self.remedy = remedy
        super().__init__(f"there is nothing to learn from: {missing}. {remedy}")


class HeteroFileInvalid(LearningError):
    """A file that `catalograph export --format pyg` did not write, or not whole."""

    code = "hetero_file_invalid"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{path} {reason}. Export the graph again to a path that is free: "
            "`catalograph export FILE --format pyg`"
        )


class ImageFolderMissing(LearningError):
    code = "image_folder_missing"

    def __init__(self, *, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} should hold the pictures of the items and is no folder that can be read; "
            "mount it, name another one in CATALOGRAPH_IMAGES, or unset that to go without pictures"
        )


class ImageUnusable(LearningError):
    """`address` is the `image_url` of an item; the item counts as without picture."""

    code = "image_unusable"

    def __init__(self, *, address: str, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(f"{address!r} {reason}; mend or remove it, or train without it")


class FeatureMissing(LearningError):
    code = "feature_missing"

    def __init__(self, *, label: str, feature: str) -> None:
        self.label = label
        self.feature = feature
        super().__init__(
            f"the {label} nodes of this graph have no {feature}; "
            "make the graph by `Featurizer.apply`"
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


class ExtractorInvalid(LearningError):
    """Nothing of it was loaded."""

    code = "extractor_invalid"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"these files hold no extractor: {reason}; train it again, or bring the files back"
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

    def __init__(self, *, path: Path, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        place = f"{path}" if line is None else f"{path}, line {line}"
        super().__init__(
            f"{place}: {reason}. A file of offers is CSV with a header and at least the columns "
            "product_title, cluster_label and category_label"
        )


class OffersTooFew(LearningError):
    """`models` of the catalogue have offers."""

    code = "offers_too_few"

    def __init__(self, *, models: int) -> None:
        self.models = models
        super().__init__(
            f"linking is learnt from offers of two models of the catalogue or more, and there are "
            f"offers of {models}; give more offers, or a catalogue that has their models"
        )


class MatcherInvalid(LearningError):
    """`file` is one of those that a matcher is written as."""

    code = "matcher_invalid"

    def __init__(self, *, file: str, reason: str) -> None:
        self.file, self.reason = file, reason
        super().__init__(
            f"the matcher's file {file} {reason}; bring it back as it was written, or train anew"
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


class DeviceMissing(LearningError):
    code = "device_missing"

    def __init__(self, *, device: str) -> None:
        self.device = device
        super().__init__(
            f"torch finds no device {device!r} here; take `auto` or `cpu`, or look at the driver"
        )


class RecipeInvalid(LearningError):
    code = "recipe_invalid"

    def __init__(self, *, setting: str, reason: str) -> None:
        self.setting = setting
        self.reason = reason
        super().__init__(f"recipe setting {setting}: {reason}")


class CheckpointInvalid(LearningError):
    code = "checkpoint_invalid"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} {reason}; delete it to train from the beginning")


class CheckpointNotWritten(LearningError):
    """The checkpoint before it is still there, whole."""

    code = "checkpoint_not_written"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"cannot write the checkpoint {path}: {reason}. The one before it is whole: "
            "make room; a run that is given it goes on from there"
        )


class JournalNotWritten(LearningError):
    """`path` is the file of the lines, or the folder for TensorBoard."""

    code = "journal_not_written"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"cannot write the journal of the run to {path}: {reason}; make room, see that this "
            "account may write there, or name another folder, and start the run again"
        )


class TextCheckpointInvalid(LearningError):
    """Nothing is ever downloaded in place of it."""

    code = "text_checkpoint_invalid"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{path} is no checkpoint of a text encoder: {reason}. Give a folder as "
            "`save_pretrained` writes it, with config.json, tokenizer.json and model.safetensors"
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


class TensorBoardMissing(LearningError):
    code = "tensorboard_missing"

    def __init__(self) -> None:
        super().__init__(
            "TensorBoard's files cannot be written: the package tensorboard is not installed; "
            "install it with `pip install 'catalograph[tensorboard]'`, or leave out --tensorboard"
        )


class TrainingProcessFailed(LearningError):
    """`rank` counts from 0; the checkpoint that it was to go on from is whole."""

    code = "training_process_failed"

    def __init__(self, *, rank: int, processes: int, reason: str) -> None:
        self.rank, self.processes, self.reason = rank, processes, reason
        super().__init__(
            f"training process {rank + 1} of {processes} ended with {reason}; "
            "see that the machine has memory for all of them, or train in one process"
        )


class TrainingDiverged(LearningError):
    code = "training_diverged"

    def __init__(self, *, task: str, step: int) -> None:
        self.task = task
        self.step = step
        super().__init__(
            f"the loss of {task} is not a finite number at step {step}; "
            "train again with a lower learning rate"
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
            f"{reference} is the {alias} and cannot be removed; promote another one first"
        )


class BundleInvalid(ArtefactError):
    """Nothing of it was registered."""

    code = "bundle_invalid"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} {reason}; make the bundle again with `catalograph models export`")


class RegistryUnavailable(LearningError):
    """Whatever was to be registered is not there, not even in part."""

    code = "registry_unavailable"

    def __init__(self, *, folder: Path, reason: str) -> None:
        self.folder, self.reason = folder, reason
        super().__init__(
            f"the models in {folder} cannot be used: {reason}. "
            "See that the disk has room and that this account may write there."
        )
