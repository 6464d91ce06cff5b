"""The graph to a champion whose vectors serve: the use case behind every training run.

    export ► train ► evaluate and register ► embed ► promote

Every step leaves something behind that shows it is done, so that a run that was killed goes on with
the step it was in: the snapshot, the checkpoint, the artefact with the run's id, the vectors.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, assert_never

import msgspec

from app.services.embedding import embed_all
from app.services.item_images import image_folder, loaded
from app.services.training_runs import MODEL_NAME, EmbedSpec, PretrainSpec, check_spec
from graph.export import ExportProgress, Selected, Whole, export_snapshot
from graph.records import Record
from graph.snapshot import Snapshot

if TYPE_CHECKING:
    from graph.client import Database
    from ml.artefact import Artefact
    from ml.registry import Registry
    from ml.runtime import DeviceName
    from ml.training.loop import TrainingProgress
    from ml.training.recipes import Recipe

_SNAPSHOT = "snapshot"
_CHECKPOINT = "checkpoint.safetensors"
JOURNAL_NAME = "journal.jsonl"

Phase = Literal["exporting", "training", "registering", "embedding"]


class PretrainProgress(Record, frozen=True):
    """How far a run is; `loss`, `rate` and `left_s` are those of the training."""

    phase: Phase
    done: int  # nodes, steps or items, as the phase has it
    total: int | None
    loss: float | None = None
    rate: float | None = None  # steps a second
    left_s: float | None = None
    metrics: dict[str, float] = msgspec.field(default_factory=dict)


class PretrainReport(Record, frozen=True):
    """What a run came to."""

    artefact: str  # NAME/VERSION
    steps: int
    metrics: dict[str, float]
    baselines: dict[str, dict[str, float]]
    skipped: dict[str, str]  # tasks of the recipe that this graph has nothing for
    embedded: int  # items whose vectors were written
    promoted: bool


@dataclass(frozen=True, kw_only=True)
class PretrainRun:
    """One run in its surroundings.

    Attributes:
        id: of the run; an artefact that has it is this run's.
        folder: of this run alone; a run that goes on is given the same.
        report: hears how far it is, and may raise to stop it.
        images: folder of the pictures of the items.
    """

    id: str
    spec: PretrainSpec
    registry: Registry
    folder: Path
    code_version: str
    clock: Callable[[], datetime]
    report: Callable[[PretrainProgress], None]
    device: DeviceName = "auto"
    images: Path | None = None

    def carry_out(self, database: Database) -> PretrainReport:
        """Everything that is not done yet.

        Raises:
            LearningError, GraphError: as the steps raise them; nothing is then half-registered,
                and what is registered already stays, not promoted.
        """
        check_spec(self.spec)  # it may have been queued on another machine
        self.folder.mkdir(parents=True, exist_ok=True)
        artefact = self.registered() or self._trained(self._snapshot(database))
        promoted = self._is_to_be_promoted()
        embedded = 0
        if promoted:
            # First the vectors: servers that load the champion find them there.
            if self.spec.name == MODEL_NAME:
                embedded = _embedded(database, artefact, self.report, self.images)
            self.registry.promote(self.spec.name, artefact.version)
        clear(self.folder)
        return _outcome(artefact, embedded, promoted=promoted)

    def registered(self) -> Artefact | None:
        """What this run has registered so far."""
        from ml.artefact import Artefact

        for found in self.registry.list(self.spec.name):
            if isinstance(found, Artefact) and found.manifest.config.get("run") == self.id:
                return found
        return None

    def _snapshot(self, database: Database) -> Snapshot:
        path = self.folder / _SNAPSHOT
        if path.exists():
            return Snapshot.read(path)

        def exported(progress: ExportProgress) -> None:
            self.report(PretrainProgress("exporting", progress.nodes, progress.nodes_total))

        scope = Selected(self.spec.filter) if self.spec.filter else Whole()
        snapshot = export_snapshot(database, scope, now=self.clock(), progress=exported)
        snapshot.write(path)
        return snapshot

    def _trained(self, snapshot: Snapshot) -> Artefact:
        from ml.evaluation.items import judge
        from ml.item_predictor import draft_of
        from ml.pretraining import pretrain
        from ml.runtime import runtime
        from ml.training.journal import open_journal
        from ml.training.recipes import recipe

        settings = recipe(self.spec.recipe, self.spec.overrides)
        if self.spec.processes > 1:
            self._train_together(settings)
        # After several processes no step is left: this takes over what they came to.
        with open_journal(self.folder / JOURNAL_NAME, self._tensorboard()) as journal:
            pretrained = pretrain(
                snapshot,
                settings,
                runtime=runtime(self.device, settings.training.precision),
                images=image_folder(self.images) if self.images else None,
                checkpoint=self.folder / _CHECKPOINT,
                journal=journal,
                report=self._stepped,
            )
        self.report(PretrainProgress("registering", 0, None))
        metrics, baselines = judge(pretrained)
        draft = draft_of(
            pretrained,
            metrics=metrics,
            baselines=baselines,
            data_fingerprint=snapshot.manifest.fingerprint,
            created_at=self.clock(),
            code_version=self.code_version,
            run=self.id,
        )
        return self.registry.register(self.spec.name, draft)

    def _train_together(self, settings: Recipe) -> None:
        from ml.pretraining_together import Places, pretrain_together

        places = Places(
            snapshot=self.folder / _SNAPSHOT,
            checkpoint=self.folder / _CHECKPOINT,
            journal=self.folder / JOURNAL_NAME,
            tensorboard=self._tensorboard(),
            images=self.images,
        )
        pretrain_together(
            places, settings, self.spec.processes, device=self.device, report=self._stepped
        )

    def _tensorboard(self) -> Path | None:
        """A folder of this run's own, so that TensorBoard draws runs beside each other."""
        return Path(self.spec.tensorboard) / self.id if self.spec.tensorboard else None

    def _stepped(self, progress: TrainingProgress) -> None:
        self.report(
            PretrainProgress(
                "training",
                progress.step,
                progress.steps,
                progress.loss,
                progress.rate,
                progress.left_s,
                progress.metrics,
            )
        )

    def _is_to_be_promoted(self) -> bool:
        match self.spec.promote:
            case "always":
                return True
            case "if_first":
                return "champion" not in self.registry.aliases(self.spec.name)
            case "never":
                return False
            case _:
                assert_never(self.spec.promote)


def clear(folder: Path) -> None:
    """Remove what a run keeps to go on from; its journal stays."""
    shutil.rmtree(folder / _SNAPSHOT, ignore_errors=True)
    (folder / _CHECKPOINT).unlink(missing_ok=True)


def run_embedding(
    database: Database,
    spec: EmbedSpec,
    registry: Registry,
    report: Callable[[PretrainProgress], None],
    images: Path | None = None,
) -> PretrainReport:
    """Make the vectors of the champion those that serve.

    Raises:
        ArtefactNotFound: nothing was promoted yet.
        ArtefactCorrupted, ImageFolderMissing, VectorUnusable, VectorsSuperseded: as their names
            say.
    """
    artefact = registry.get(spec.name, "champion")
    return _outcome(artefact, _embedded(database, artefact, report, images), promoted=True)


def _embedded(
    database: Database,
    artefact: Artefact,
    report: Callable[[PretrainProgress], None],
    images: Path | None,
) -> int:
    def written(done: int, total: int) -> None:
        report(PretrainProgress("embedding", done, total))

    return embed_all(database, loaded(artefact, images), written)


def _outcome(artefact: Artefact, embedded: int, *, promoted: bool) -> PretrainReport:
    manifest = artefact.manifest
    return PretrainReport(
        artefact=artefact.reference,
        steps=msgspec.convert(manifest.config["steps"], int),
        metrics={name: measure.value for name, measure in manifest.metrics.items()},
        baselines=manifest.baselines,
        skipped=msgspec.convert(manifest.config["skipped"], dict[str, str]),
        embedded=embedded,
        promoted=promoted,
    )
