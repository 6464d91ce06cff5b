"""Trained models as their readers see them: versions, aliases, and what serves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from app.errors import KindsDiffer
from app.services.serving import ServingView
from graph.records import Record
from ml.artefact import Artefact, Manifest, Measure
from ml.errors import ArtefactNotFound
from ml.registry import Alias, Registry

if TYPE_CHECKING:
    from app.services.serving import Serving
    from app.settings import Settings

T = TypeVar("T")

# Of the manifest, what two artefacts are told apart by beside their recipes.
_COMPARED = ("width", "seed", "data_fingerprint", "code_version", "parent", "bytes")


class VersionView(Record, frozen=True):
    """One artefact; the fields of its manifest that a reader can use."""

    name: str
    version: str
    aliases: tuple[str, ...]
    kind: str
    created_at: datetime
    code_version: str
    data_fingerprint: str
    seed: int
    width: int
    parent: str | None
    origin: str | None
    bytes: int
    metrics: dict[str, Measure]
    baselines: dict[str, dict[str, float]]
    config: dict[str, object]


class DamagedVersion(Record, frozen=True):
    reference: str
    reason: str


class ModelSummary(Record, frozen=True):
    """`serving` is null where this process serves nothing of that name."""

    name: str
    champion: str | None
    candidate: str | None
    versions: tuple[str, ...]
    serving: ServingView | None


class ModelView(Record, frozen=True):
    name: str
    champion: str | None
    candidate: str | None
    serving: ServingView | None
    versions: tuple[VersionView, ...]
    damaged: tuple[DamagedVersion, ...]


class Promotion(Record, frozen=True):
    """An alias, the version it points to from now on, and the one before.

    `job` writes the vectors of what serves from now on, where there are any; `used_by` says who
    asks it, None: nobody does.
    """

    name: str
    alias: str
    version: str
    previous: str | None
    job: str | None = None
    used_by: str | None = None


class Demotion(Record, frozen=True):
    """An alias that points to nothing from now on, and the version it pointed to."""

    name: str
    alias: str
    previous: str


class Comparison(Record, frozen=True):
    """Several artefacts side by side: each list has a place for each, null where it has none.

    `differences` are facts of the manifest, and of the recipe by their path, that are not the same.
    """

    artefacts: tuple[str, ...]
    metrics: dict[str, list[Measure | None]]
    baselines: dict[str, list[float | None]]
    differences: dict[str, list[object]]


class Models:
    """The registry of one installation and what this process serves of it; blocking."""

    def __init__(self, registry: Registry, serving: Iterable[Serving[Any]] = ()) -> None:
        self.registry = registry
        self._serving = {one.name: one for one in serving}

    def list(self) -> tuple[ModelSummary, ...]:
        """Every name, with its versions."""
        return tuple(self._summary(name) for name in self.registry.names())

    def get(self, name: str) -> ModelView:
        """One name with all that is known of its versions, the newest first.

        Raises:
            ArtefactNotFound: there is none of that name.
        """
        versions, damaged = self.versions(name)
        summary = self._summary(name)
        return ModelView(
            name=name,
            champion=summary.champion,
            candidate=summary.candidate,
            serving=summary.serving,
            versions=versions[::-1],
            damaged=damaged[::-1],
        )

    def versions(
        self, name: str | None = None
    ) -> tuple[tuple[VersionView, ...], tuple[DamagedVersion, ...]]:
        """Every artefact, or those of one name; and those that cannot be read.

        Raises:
            ArtefactNotFound: there is none of that name.
        """
        whole, damaged = [], []
        names = self.registry.names()
        if name is not None and name not in names:
            raise ArtefactNotFound(name=name, version=None, known=names)
        for one in names if name is None else (name,):
            aliases = self.registry.aliases(one)
            for found in self.registry.list(one):
                if isinstance(found, Artefact):
                    whole.append(_shown(found.manifest, aliases))
                else:
                    damaged.append(DamagedVersion(reference=found.reference, reason=str(found)))
        return tuple(whole), tuple(damaged)

    def version(self, name: str, version: str) -> VersionView:
        """One artefact, by its version or an alias.

        Raises:
            ArtefactNotFound: there is none.
            ArtefactCorrupted: its manifest is damaged.
        """
        return _shown(self.registry.get(name, version).manifest, self.registry.aliases(name))

    def promote(self, name: str, version: str, alias: Alias) -> Promotion:
        """Let an alias point to a version, or to what another alias points to.

        Raises:
            ArtefactNotFound: there is none.
            ArtefactCorrupted: it is damaged; the alias stays where it was.
        """
        version = self.registry.get(name, version).version
        previous = self.registry.promote(name, version, alias)
        return Promotion(name=name, alias=alias, version=version, previous=previous)

    def demote(self, name: str, alias: Alias) -> Demotion:
        """Let an alias point to nothing.

        Raises:
            ArtefactNotFound: there is no such name, or its alias points to nothing.
        """
        return Demotion(name=name, alias=alias, previous=self.registry.demote(name, alias))

    def _summary(self, name: str) -> ModelSummary:
        aliases, serving = self.registry.aliases(name), self._serving.get(name)
        return ModelSummary(
            name=name,
            champion=aliases.get("champion"),
            candidate=aliases.get("candidate"),
            versions=self.registry.versions(name),
            serving=serving.view() if serving else None,
        )


def registry_of(settings: Settings) -> Registry:
    """Where this installation keeps its models."""
    return Registry(settings.home / "models")


def compare(views: Sequence[VersionView]) -> Comparison:
    """Artefacts of one kind side by side, of one name or of several.

    Raises:
        KindsDiffer: they are of several kinds.
    """
    first = views[0]
    for other in views:
        if other.kind != first.kind:
            references = (f"{first.name}/{first.version}", f"{other.name}/{other.version}")
            raise KindsDiffer(references=references, kinds=(first.kind, other.kind))
    metrics = [view.metrics for view in views]
    baselines = [
        {
            f"{method} {name}": value
            for method, own in view.baselines.items()
            for name, value in own.items()
        }
        for view in views
    ]
    facts = _beside([_facts(view) for view in views])
    return Comparison(
        artefacts=tuple(f"{view.name}/{view.version}" for view in views),
        metrics=_beside(metrics),
        baselines=_beside(baselines),
        differences={path: row for path, row in facts.items() if any(one != row[0] for one in row)},
    )


def _beside(columns: Sequence[Mapping[str, T]]) -> dict[str, list[T | None]]:
    """Columns to rows; a row for each key, in the order they first appear in."""
    keys = dict.fromkeys(key for column in columns for key in column)
    return {key: [column.get(key) for column in columns] for key in keys}


def _facts(view: VersionView) -> dict[str, object]:
    own = {name: getattr(view, name) for name in _COMPARED}
    return own | dict(_flat("config", view.config))


def _flat(path: str, value: object) -> Iterator[tuple[str, object]]:
    """The leaves of a recipe by their path, such as `config.optimiser.rate`."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{path}.{key}", inner)
    else:
        yield path, value


def _shown(manifest: Manifest, aliases: Mapping[Alias, str]) -> VersionView:
    own = {
        name: getattr(manifest, name) for name in VersionView.__struct_fields__ if name != "aliases"
    }
    pointing = tuple(alias for alias, version in aliases.items() if version == manifest.version)
    return VersionView(aliases=pointing, **own)
