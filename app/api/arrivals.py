"""A dump on its way in: from a request's body, or from the path it names, to a job."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request

from app.api.contract import wiring_of
from app.api.forms import DumpForm
from app.api.incoming import (
    FORM,
    has_body,
    media_type,
    pieces,
    require_known_encoding,
    require_ndjson,
    require_no_body,
    suffix_of_body,
    suffix_of_file,
)
from app.errors import BodyEmpty, FormInvalid, MappingMissing

if TYPE_CHECKING:
    from app.jobs.records import Job
    from app.services.intake import ImportRequest, MappingText
    from app.services.uploads import Spool
    from app.wiring import Wiring


async def arrive(request: Request, asked: ImportRequest, key: str | None) -> tuple[Job, bool]:
    """The job that loads the dump; False: the idempotency key had made it before.

    What can be refused without the body is refused before the body is read.
    """
    parts = wiring_of(request)
    own_key = key_of_caller(request, key)
    parts.intake.check(asked)
    earlier = await parts.threads.run(partial(parts.intake.earlier, asked, own_key))
    if earlier is not None:
        return earlier, False
    arrival = _Arrival(parts, request, asked, own_key)
    if asked.path is not None:
        return await arrival.by_path()
    if media_type(request) == FORM:
        return await arrival.by_form()
    return await arrival.by_body()


def key_of_caller(request: Request, key: str | None) -> str | None:
    """An idempotency key as it is kept: those of different callers have nothing in common."""
    return f"{request.scope['caller'].id}:{key}" if key is not None else None


async def retry_of(request: Request, id: str, mapping: str | None) -> Job:
    """The job that does job `id` over, with the rejects of the body where it has one."""
    parts = wiring_of(request)
    run = parts.threads.run
    replaced = None
    if mapping is not None:
        replaced = await run(lambda: parts.intake.named_mapping(mapping))
    if not has_body(request):
        return await run(lambda: parts.jobs.retry(id, mapping=replaced))
    require_ndjson(request)
    require_known_encoding(request)
    async with parts.uploads.spool(parts.intake.new_id()) as spool:
        try:
            await spool_body(request, parts, spool)
        except BodyEmpty:  # announced as of unknown length, and of none
            return await run(lambda: parts.jobs.retry(id, mapping=replaced))
        return await run(lambda: parts.jobs.retry(id, corrected=spool.part, mapping=replaced))


async def spool_body(request: Request, parts: Wiring, spool: Spool) -> None:
    """The whole body into `spool`; raises what `pieces` and `Spool` raise."""
    async with aclosing(_pieces(request, parts)) as body:
        async for piece in body:
            await spool.write(piece)
    await spool.finish()


class _File(NamedTuple):
    name: str
    suffix: str


class _Arrival:
    def __init__(
        self, parts: Wiring, request: Request, asked: ImportRequest, key: str | None
    ) -> None:
        self._parts = parts
        self._request = request
        self._asked = asked
        self._key = key

    async def by_path(self) -> tuple[Job, bool]:
        mapping = await self._mapping()
        await require_no_body(self._request, idle_s=self._parts.settings.upload_idle_s)
        make = partial(self._parts.intake.from_path, self._asked, mapping, self._key)
        return await self._parts.threads.run(make)

    async def by_body(self) -> tuple[Job, bool]:
        suffix = suffix_of_body(self._request, self._asked.format)
        require_known_encoding(self._request)
        mapping = await self._mapping()
        run = self._parts.intake.new_id()
        async with self._parts.uploads.spool(run) as spool:
            await spool_body(self._request, self._parts, spool)
            return await self._made(run, spool, _File(f"upload{suffix}", suffix), mapping)

    async def by_form(self) -> tuple[Job, bool]:
        require_known_encoding(self._request, packed=False)
        mapping = await self._mapping() if self._asked.mapping is not None else None
        form = DumpForm(self._request.headers["content-type"])
        run = self._parts.intake.new_id()
        async with self._parts.uploads.spool(run) as spool:
            async with aclosing(_pieces(self._request, self._parts)) as body:
                async for piece in body:
                    if found := form.feed(piece):
                        await spool.write(found)
                    mapping = mapping or await self._sent_mapping(form)
                    self._check_form(form)
            form.finish()
            await spool.finish()
            if mapping is None:
                raise MappingMissing
            return await self._made(run, spool, self._file_of(form), mapping)

    async def _mapping(self, sent: bytes | None = None) -> MappingText:
        return await self._parts.threads.run(partial(self._parts.intake.mapping, self._asked, sent))

    async def _sent_mapping(self, form: DumpForm) -> MappingText | None:
        """Read as soon as it is there: the file may still be on its way for an hour."""
        return await self._mapping(form.mapping) if form.mapping is not None else None

    def _check_form(self, form: DumpForm) -> None:
        if form.file_name is not None:
            self._file_of(form)
        if form.mapping is not None and self._asked.mapping is not None:
            raise FormInvalid(part="mapping", reason="`?mapping=` names one already")

    def _file_of(self, form: DumpForm) -> _File:
        assert form.file_name is not None
        suffix = suffix_of_file(form.file_name, form.file_type, self._asked.format)
        return _File(form.file_name, suffix)

    async def _made(
        self, run: str, spool: Spool, file: _File, mapping: MappingText
    ) -> tuple[Job, bool]:
        make = partial(
            self._parts.intake.from_upload,
            self._asked,
            mapping,
            self._key,
            run=run,
            spool=spool,
            name=file.name,
            suffix=file.suffix,
        )
        return await self._parts.threads.run(make)


def _pieces(request: Request, parts: Wiring) -> AsyncGenerator[bytes, None]:
    settings = parts.settings
    return pieces(request, max_bytes=settings.max_upload_bytes, idle_s=settings.upload_idle_s)
