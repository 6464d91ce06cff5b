"""The slices of a bulk load, taken together in the order of the rows."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from msgspec import structs

from graph.bulk.messages import Claim, Ended, Failed, Mapped, Message, Slice, Verdict, Written
from graph.bulk.slices import run_slice
from graph.bulk.vocabulary import VocabularyFiles
from graph.errors import ImportFailed
from graph.ingest.mapping_file import MappingFile
from graph.ingest.rejects import RejectFile, told
from graph.ingest.rows import Row
from graph.ingest.seen import SeenIds
from graph.ingest.stream import first_of_its_id
from graph.records import Item, RecordRejected
from graph.schema import Relationship

_ENDING_S = 10.0


@dataclass(frozen=True, slots=True)
class BulkSource:
    """What is loaded: dumps of one source that one mapping describes, as one run."""

    files: tuple[Path, ...]
    mapping: MappingFile
    mapping_name: str
    source: str
    run: str


@dataclass(slots=True)
class BulkCounts:
    """What became of the rows that were read so far; bytes are those of the dumps on disk."""

    rows_read: int = 0
    items: int = 0
    duplicates: int = 0
    rejected: int = 0
    bytes_read: int = 0
    reject_codes: dict[str, int] = field(default_factory=dict)
    reject_examples: dict[str, str] = field(default_factory=dict)  # the first of each code
    cells_skipped: dict[str, int] = field(default_factory=dict)
    decimals_unsure: dict[str, str] = field(default_factory=dict)


class started:  # noqa: N801 - reads as the statement it is
    """A slice that runs for as long as the block."""

    def __init__(self, load: BulkSource, index: int, of: int, now: datetime, folder: Path) -> None:
        # Not forked: threads of ours, such as those of a progress bar, hold locks.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        slice = Slice(index, of, load.files, load.mapping, load.source, load.run, now, folder)
        self._process: BaseProcess = context.Process(
            target=run_slice, args=(slice, theirs), name=f"bulk-{index}", daemon=True
        )
        self._process.start()
        theirs.close()  # so that its end is seen here

    def __enter__(self) -> Connection:
        return self._pipe

    def __exit__(self, *failure: object) -> None:
        self._pipe.close()
        self._process.join(_ENDING_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


class Merging:
    """Takes the chunks of all slices in the order of the rows."""

    def __init__(
        self,
        load: BulkSource,
        pipes: Sequence[Connection],
        seen: SeenIds,
        vocabulary: VocabularyFiles,
        rejects: RejectFile,
        progress: Callable[[BulkCounts], None],
    ) -> None:
        self.counts = BulkCounts()
        self.edges: Counter[Relationship] = Counter()
        self.multiline = False
        self.longest = 0
        self._load = load
        self._pipes = pipes
        self._seen = seen
        self._vocabulary = vocabulary
        self._reject_file = rejects
        self._progress = progress
        self._sizes = [path.stat().st_size for path in load.files]
        # By chunk: rejects that wait for their rows, and what was written out of turn.
        self._rejects: dict[int, dict[int, RecordRejected]] = {}
        self._written: dict[int, Written] = {}
        self._next = 0

    def run(self) -> None:
        chunk, going = 0, set(range(len(self._pipes)))
        while going:
            index = chunk % len(self._pipes)
            if index in going and not self._take(index):
                going.discard(index)
            chunk += 1
        self.counts.bytes_read = sum(self._sizes)
        self._progress(self.counts)

    def _take(self, index: int) -> bool:
        """What a slice says up to its next chunk, which is answered; False: it has no more."""
        while True:
            match self._received(index):
                case Written() as written:
                    self._written[written.chunk] = written
                    self._merge_in_order()
                case Mapped() as mapped:
                    verdict = self._judge(mapped)
                    with suppress(ConnectionError):  # it has failed since, and says so next
                        self._pipes[index].send(verdict)
                    return True
                case Ended() as ended:
                    self._add_end(ended)
                    return False

    def _received(self, index: int) -> Written | Mapped | Ended:
        try:
            message: Message = self._pipes[index].recv()
        except (EOFError, ConnectionResetError):
            raise ImportFailed(
                file=str(self._load.files[0]),
                place="bulk load",
                reason="a process that mapped rows was ended from outside, perhaps for want of "
                "memory; nothing was loaded, try again",
            ) from None
        if isinstance(message, Failed):
            raise message.error
        return message

    def _judge(self, mapped: Mapped) -> Verdict:
        """Which rows are written: the first of each id."""
        verdict = Verdict()
        waiting = self._rejects[mapped.chunk] = {}
        counts, name = self.counts, str(self._load.files[mapped.file])
        for place, claim in enumerate(mapped.rows):
            found = claim if isinstance(claim, RecordRejected) else self._first(claim)
            if isinstance(found, Item):
                if found.id != mapped.rows[place].id:  # type: ignore[union-attr]
                    verdict.renamed[place] = found.id
                counts.items += 1
                continue
            if found is None:
                counts.duplicates += 1
            else:
                waiting[place] = structs.replace(found, source=name)
                if not isinstance(claim, RecordRejected):
                    verdict.shown.add(place)
            verdict.dropped.add(place)
        counts.rows_read += len(mapped.rows)
        counts.bytes_read = sum(self._sizes[: mapped.file]) + mapped.bytes_read
        return verdict

    def _first(self, claim: Claim) -> Item | RecordRejected | None:
        item = Item(
            kind=self._load.mapping.target,
            id=claim.id,
            title=claim.title,
            source=self._load.source,
            content_hash=claim.content_hash,
        )
        return first_of_its_id(self._seen, item, Row(claim.line, {}))

    def _merge_in_order(self) -> None:
        while (written := self._written.pop(self._next, None)) is not None:
            self._vocabulary.add_values(written.values)
            self._vocabulary.add_named(written.named)
            self._vocabulary.add_steps(written.steps)
            for place, rejected in self._rejects.pop(self._next).items():
                self._reject(rejected, written.shown.get(place))
            self._next += 1
        self._reject_file.flush()
        self._progress(self.counts)

    def _reject(self, rejected: RecordRejected, row: dict[str, object] | None) -> None:
        if row is not None:
            rejected = structs.replace(rejected, row=row)
        self._reject_file.write(rejected)
        self.counts.rejected += 1
        codes = self.counts.reject_codes
        codes[rejected.code] = codes.get(rejected.code, 0) + 1
        self.counts.reject_examples.setdefault(rejected.code, told(rejected))

    def _add_end(self, ended: Ended) -> None:
        self.edges.update(ended.edges)
        for parameter, count in ended.cells_skipped.items():
            skipped = self.counts.cells_skipped
            skipped[parameter] = skipped.get(parameter, 0) + count
        self.counts.decimals_unsure = ended.decimals_unsure | self.counts.decimals_unsure
        self.multiline |= ended.multiline
        self.longest = max(self.longest, ended.longest)
