"""Files to a suggestion: sample, columns, roles, parameters, and a trial of the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import structs

from graph.errors import ImportFailed
from graph.filters import RESERVED
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import (
    CHANGED_FIELDS,
    FieldSpec,
    FieldsSpec,
    IdSpec,
    MappingFile,
    ParameterSpec,
    parse_mapping,
)
from graph.ingest.preview import previewed
from graph.ingest.suggest.columns import Column, collect
from graph.ingest.suggest.fields import fields_of, made_title
from graph.ingest.suggest.headers import is_volatile, shown_name, split_unit, words_of
from graph.ingest.suggest.identity import identify
from graph.ingest.suggest.ignoring import reason_to_ignore
from graph.ingest.suggest.measure import Measure
from graph.ingest.suggest.measures import measures_of
from graph.ingest.suggest.proposal import Decision, Suggestion, Trial, shown
from graph.ingest.suggest.roles import Role, Table, assign_roles
from graph.ingest.suggest.sample import Sample, take_sample
from graph.ingest.suggest.structures import unfold
from graph.ingest.suggest.writing import write
from graph.records import ItemKind, RecordRejected
from graph.text import parameter_id, slug

SAMPLE_ROWS = 5_000
MODEL_KEYS = 0.95  # of the rows of a reference catalogue have a brand and model of their own
_OF_ANYTHING = frozenset(("value", "values", "name", "type", "unit", "text", "label", "amount"))
_UNIT_WORDS = {"%": "percent", "°": "degrees", "‰": "per mille"}


def suggest(
    paths: Sequence[Path], *, rows: int = SAMPLE_ROWS, target: ItemKind | None = None
) -> Suggestion:
    """A mapping for `paths`, which one mapping is to read, with its evidence.

    The result is accepted by an import as it is; `trial` says what it makes of the sample.

    Raises:
        ImportFailed: a file is missing, empty or broken, or has no row that can be read.
    """
    sample = take_sample(paths, rows)
    suggesting = _Suggesting(sample, target)
    if not any(column.total for column in suggesting.table.columns):
        raise ImportFailed(
            file=str(paths[0]),
            place="file",
            reason="no column holds a text or number that a mapping can read; rows must be objects "
            "of values, and not one object around a list of them",
        )
    return suggesting.suggestion(tuple(map(str, paths)))


class _Suggesting:
    """The decisions about one sample, in the order in which they depend on each other."""

    def __init__(self, sample: Sample, target: ItemKind | None) -> None:
        self.sample = sample
        columns, left_out = collect(sample)
        columns, unfolded = unfold(columns)
        self.keys = Counter(slug(split_unit(c.label.split(".")[-1])[0]) for c in columns)
        self.table = Table(columns, _distinct_rows(columns, len(sample.rows)))
        self.decisions = list(sample.decisions)
        self.notes = _notes(sample)
        self.decisions += [Decision(name, "file", "JSON", why) for name, why in unfolded.items()]
        self.decisions += [Decision(name, "ignored", "keys", why) for name, why in left_out.items()]
        self.roles = assign_roles(self.table)
        self.target = target or self._target()
        self.parameters: list[ParameterSpec] = []
        self.reasons: dict[str, str] = {}  # by place in the mapping
        self.used: set[tuple[str, str | None]] = set()
        if self.target == "model":
            self._rename_model()
        self.used |= {
            column.key for role in self.roles.values() for column in (role.column, *role.others)
        }

    def suggestion(self, files: tuple[str, ...]) -> Suggestion:
        mapping = self._mapping()
        trial, unsure = _try(mapping, self.sample)
        if unsure and _writes_commas(mapping):
            mapping = self._with_commas(mapping, unsure)
            trial, _ = _try(mapping, self.sample)
        toml = write(
            mapping,
            head=self._head(files, trial),
            reasons=self.reasons,
            tail=self._tail(),
        )
        parse_mapping(toml)
        return Suggestion(
            files=files,
            target=self.target,
            rows_read=self.sample.rows_read,
            rows_sampled=len(self.sample.rows),
            whole=self.sample.whole,
            unreadable=self.sample.unreadable_count,
            toml=toml,
            decisions=tuple(sorted(self.decisions, key=_place)),
            notes=tuple(self.notes),
            trial=trial,
        )

    def _target(self) -> ItemKind:
        """A shop's dump has ids, prices or stock; a reference catalogue has brands and models."""
        offers = [
            name
            for name in ("id", "price", "in_stock", "currency", "gtin")
            if name in self.roles and self.roles[name].column.filled_share >= 0.5
        ]
        name = self.roles.get("model") or self.roles.get("title")
        brand = self.roles.get("brand")
        if offers or name is None or brand is None or len(self.table.columns) < 4:
            return "product"
        keys = self.table.uniqueness([brand.column, name.column])
        return "model" if keys >= MODEL_KEYS else "product"

    def _rename_model(self) -> None:
        """The name of a model is its title; an id from elsewhere is not needed."""
        model = self.roles.pop("model", None)
        title = self.roles.get("title")
        if model is not None and (title is None or (model.named and not title.named)):
            self.roles["title"] = Role("title", model.column, model.evidence)
        if own := self.roles.pop("id", None):
            evidence = "a model's id is made of its brand and name"
            self.decisions.append(_ignored(own.column, "ids", evidence))
            self.used.add(own.column.key)

    def _mapping(self) -> MappingFile:
        stable, volatile = self._parameters_and_ignored()
        if self._only_changes():
            return self._mapping_of_changes()
        title = self._title(stable)
        fields, decisions = fields_of(self.roles, title)
        for decision in decisions:
            self._decide(decision, f"fields.{decision.name}")
        if aliases := self.roles.get("brand names"):
            evidence = f"other names of the brand {aliases.evidence}"
            self.decisions.append(Decision(aliases.column.label, "field", "brand", evidence))
        id = self._identity(title, stable, volatile) if self.target == "product" else None
        names = (self.sample.columns or ()) if self.sample.complete else ()
        nested = any(len(c.path) > 1 for c in self.table.columns) and self.sample.columns
        refuse = bool(names) and not nested
        return MappingFile(
            version=1,
            target=self.target,
            fields=fields,
            id=id,
            file=self.sample.spec,
            missing_columns="refuse" if refuse or self.sample.columns is None else "ignore",
            parameters=tuple(self.parameters),
        )

    def _only_changes(self) -> bool:
        """Whether rows say no more of a product than its price or stock: `sku;price;stock`."""
        roles = set(self.roles)
        return (
            self.target == "product"
            and not self.parameters
            and {"id"} < roles <= {"id", *CHANGED_FIELDS}
            and roles != {"id", "currency"}
        )

    def _mapping_of_changes(self) -> MappingFile:
        fields, decisions = fields_of(self.roles, None)
        for decision in decisions:
            self._decide(decision, f"fields.{decision.name}")
        self.notes.append(
            "Rows say no more than price or stock: `changes = true` changes these of products that "
            "are there, and leaves the rest of them as it is."
        )
        return MappingFile(
            version=1,
            target="product",
            changes=True,
            fields=fields,
            id=self._identity(FieldSpec(), [], []),
            file=self.sample.spec,
        )

    def _with_commas(self, mapping: MappingFile, unsure: Mapping[str, str]) -> MappingFile:
        """`3.000` is above a thousand in a file whose other numbers have commas."""
        parameters = tuple(
            structs.replace(one, decimal=",") if one.id in unsure else one
            for one in mapping.parameters
        )
        for id, cell in unsure.items():
            if (place := f"parameters.{id}") in self.reasons:
                self.reasons[place] += f"; {cell!r} is above a thousand: other columns say `12,5`"
        return structs.replace(mapping, parameters=parameters)

    def _parameters_and_ignored(self) -> tuple[list[Column], list[Column]]:
        """The columns that say what a thing is, and those that change while it stays."""
        stable: list[Column] = []
        volatile: list[Column] = []
        for name, role in self.roles.items():
            if name not in ("id", "title", "in_stock", "url", "image_url", "description"):
                changes = name in CHANGED_FIELDS or is_volatile(role.column.label)
                (volatile if changes else stable).append(role.column)
        for position, column in enumerate(self.table.columns, 1):
            if column.key in self.used:
                continue
            if reason := reason_to_ignore(column, self.table):
                self.decisions.append(_ignored(column, *reason))
                continue
            self._add_parameters(column, position)
            (volatile if is_volatile(column.label) else stable).append(column)
        return stable, volatile

    def _add_parameters(self, column: Column, position: int) -> None:
        label, unit = split_unit(column.label)
        measures = measures_of(column, unit)
        if not any(measure.unit for measure in measures):
            label = column.label  # `port_c` is no port in degrees
        own = self._own_name(label) if column.label == column.name else label
        name = shown_name(own) if any(w.isalpha() for w in words_of(label)) else ""
        for measure in measures:
            self._add_parameter(column, measure, name or f"Column {position}")

    def _own_name(self, label: str) -> str:
        """`colour` of `variants.colour`, as other dumps call it, if no other key is called so."""
        last = label.split(".")[-1]
        is_own = last not in _OF_ANYTHING and self.keys[slug(last)] == 1
        return last if is_own else ".".join(label.split(".")[-2:])

    def _add_parameter(self, column: Column, measure: Measure, name: str) -> None:
        suffix = " ".join(_UNIT_WORDS.get(word, word) for word in measure.suffix.split())
        name = f"{name} {suffix}".strip()
        taken = RESERVED | {parameter.id for parameter in self.parameters}
        id = own = parameter_id(name)
        number = 1
        while id in taken:
            number += 1
            id = f"{own}-{number}"
        self.parameters.append(measure.spec(column, id=id, name=name))
        self._decide(
            Decision(
                column.label,
                "parameter",
                id,
                measure.evidence,
                kind=measure.kind,
                unit=measure.unit,
                examples=column.examples(),
            ),
            f"parameters.{id}",
        )

    def _title(self, stable: list[Column]) -> FieldSpec:
        role = self.roles.get("title")
        if role is not None:
            column = role.column
            decision = Decision(
                column.label, "field", "title", role.evidence, examples=column.examples()
            )
            self._decide(decision, "fields.title")
            return FieldSpec(column=column.name, pattern=column.pattern)
        spec, evidence = made_title(self.table, self.roles, stable)
        self._decide(Decision(" + ".join(spec.sources), "field", "title", evidence), "fields.title")
        return spec

    def _identity(self, title: FieldSpec, stable: list[Column], volatile: list[Column]) -> IdSpec:
        found = identify(
            self.table,
            self.roles,
            title=title,
            stable=stable,
            volatile=volatile,
            whole=self.sample.whole,
        )
        decision = Decision(
            " + ".join(found.columns), "field", "id", found.evidence, examples=found.examples
        )
        self._decide(decision, "id")
        return found.spec

    def _decide(self, decision: Decision, place: str) -> None:
        self.decisions.append(decision)
        such_as = f"; such as {' · '.join(decision.examples)}" if decision.examples else ""
        said = f"{decision.evidence}{such_as}"
        if place in self.reasons:
            said = f"{self.reasons[place]}. {shown(decision.column)!r}: {said}"
        self.reasons[place] = said

    def _head(self, files: tuple[str, ...], trial: Trial) -> list[str]:
        names = ", ".join(Path(file).name for file in files[:3])
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        read = "all" if self.sample.whole else "the first"
        return [
            f"Suggested for {names}{more} from {len(self.sample.rows):,} rows of {read} "
            f"{self.sample.rows_read:,}. Read it before you trust it.",
            f"Of these rows it makes {trial.items:,} items with {trial.facts:,} facts; "
            f"{trial.duplicates:,} repeat others, {trial.rejected:,} are rejected.",
            *self.notes,
        ]

    def _tail(self) -> list[str]:
        ignored = [decision for decision in self.decisions if decision.use == "ignored"]
        if not ignored:
            return []
        lines = (f"  {shown(d.column)!r}: {d.name}: {d.evidence}" for d in ignored)
        return ["Not read:", *lines]


def _place(decision: Decision) -> tuple[int, int]:
    """File, id, title and the other fields as a mapping has them, parameters, what is left out."""
    use = ("file", "field", "parameter", "ignored").index(decision.use)
    fields = ("id", *FieldsSpec.__struct_fields__)
    return use, fields.index(decision.name) if decision.use == "field" else 0


def _ignored(column: Column, reason: str, evidence: str) -> Decision:
    return Decision(column.label, "ignored", reason, evidence, examples=column.examples())


def _distinct_rows(columns: list[Column], rows: int) -> list[int]:
    first: dict[tuple[tuple[str, ...], ...], int] = {}
    for row in range(rows):
        first.setdefault(tuple(column.texts[row] for column in columns), row)
    return list(first.values())


def _notes(sample: Sample) -> list[str]:
    notes = []
    if sample.unreadable_count:
        first = sample.unreadable[0]
        notes.append(
            f"{sample.unreadable_count:,} rows cannot be read and will be rejected, "
            f"the first on line {first.line}: {first.reason}"
        )
    if not sample.complete:
        notes.append("Some of the files lack some of the columns.")
    if sample.columns and sum(not words_of(name) or name.isdigit() for name in sample.columns) > (
        0.5 * len(sample.columns)
    ):
        notes.append("Line 1 looks like a row, not like names; if it is one, add a line of names.")
    return notes


def _writes_commas(mapping: MappingFile) -> bool:
    numbers = (mapping.fields.price, *mapping.parameters)
    return any(one is not None and one.decimal == "," for one in numbers)


def _try(mapping: MappingFile, sample: Sample) -> tuple[Trial, Mapping[str, str]]:
    """What it makes of the sample, and cells that may be above a thousand or not."""
    rows = RowMapping(mapping)
    results = list(previewed(sample.rows, rows, source="sample"))
    rejects = [result.rejected for result in results if result.rejected]
    items = [result.item for result in results if result.item]
    trial = Trial(
        rows=len(results),
        items=len(items),
        duplicates=len(results) - len(items) - len(rejects),
        facts=sum(len(item.facts) for item in items),
        rejected=len(rejects),
        reject_codes=dict(Counter(reject.code for reject in rejects)),
        example_reject=_example(rejects),
        cells_skipped=dict(rows.cells_skipped),
    )
    return trial, rows.decimals_unsure


def _example(rejects: list[RecordRejected]) -> str | None:
    if not rejects:
        return None
    first = rejects[0]
    return f"line {first.line}, {first.field}: {first.reason}"
