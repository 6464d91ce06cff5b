"""Everything that `app` raises on purpose, in one tree.

AppError
├── SettingsInvalid             a variable of the environment
├── AddressInUse                where the API should listen
├── ExamplesMissing             the demo outside of a checkout
├── KeyFileInvalid              the file of the API keys
├── NotReady                    the database, migrations or indexes
├── BuildInvalid                a setting of a run that reads texts
├── JobError                    a job
│   ├── JobNotFound
│   ├── JobIdAmbiguous
│   ├── JobFinished
│   ├── JobNotRetryable
│   └── WebhookNotAllowed
├── JobsUnavailable             the database of the jobs
└── RequestRefused              one request, with its own status
    ├── KeyMissing
    ├── KeyUnknown
    ├── ScopeMissing
    ├── HostRefused
    ├── BodyTooLarge
    ├── BodyNotJson
    ├── BodyMalformed
    ├── CursorInvalid
    ├── ItemIdInvalid
    ├── ItemNotFound
    ├── ParameterUnknown
    └── UploadRefused           what an import was to read
        ├── PathNotAllowed
        ├── PathUnreadable
        ├── MappingUnknown
        ├── MappingMissing
        ├── FormatUnknown
        ├── MediaTypeUnsupported
        ├── BodyEmpty
        ├── BodyUnexpected
        ├── BodyIncomplete
        ├── FormMalformed
        ├── FormInvalid
        ├── UploadStalled
        ├── NoSpace
        └── IdempotencyKeyReused
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar


class AppError(Exception):
    """Base of the tree; `code` is stable and goes into problem+json."""

    code: ClassVar[str] = "app_error"


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


class JobError(AppError):
    """One job that cannot be what was asked."""

    code = "job_error"


class JobNotFound(JobError):
    code = "job_not_found"

    def __init__(self, *, id: str) -> None:
        self.id = id
        super().__init__(f"there is no job {id!r}; `catalograph jobs ls` lists those there are")


class JobIdAmbiguous(JobError):
    code = "job_id_ambiguous"

    def __init__(self, *, id: str, candidates: Sequence[str]) -> None:
        self.id, self.candidates = id, tuple(candidates)
        super().__init__(
            f"several jobs begin with {id!r}, such as {' and '.join(candidates)}; write more of it"
        )


class JobFinished(JobError):
    code = "job_finished"

    def __init__(self, *, id: str, state: str) -> None:
        self.id, self.state = id, state
        super().__init__(f"job {id} has {state} already and cannot be cancelled")


class JobNotRetryable(JobError):
    code = "job_not_retryable"

    def __init__(self, *, id: str, reason: str) -> None:
        self.id, self.reason = id, reason
        super().__init__(f"job {id} cannot be retried: {reason}")


class WebhookNotAllowed(JobError):
    code = "webhook_not_allowed"

    def __init__(self, *, url: str, reason: str) -> None:
        self.url, self.reason = url, reason
        super().__init__(f"webhook {url!r}: {reason}")


class JobsUnavailable(AppError):
    """`place` is the address of the jobs database, without its password."""

    code = "jobs_unavailable"

    def __init__(self, *, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"the database of the jobs at {place} cannot be used: {reason}. "
            "Start it, or set CATALOGRAPH_JOBS_URL to one that runs."
        )


class RequestRefused(AppError):
    """A request that will not be served as it is."""

    code = "request_refused"


class KeyMissing(RequestRefused):
    code = "key_missing"

    def __init__(self) -> None:
        super().__init__(
            "this route needs an API key: "
            "send `Authorization: Bearer cg_...` or `X-API-Key: cg_...`"
        )


class KeyUnknown(RequestRefused):
    code = "key_unknown"

    def __init__(self) -> None:
        super().__init__("this API key is not known here: it was mistyped, or it was revoked")


class ScopeMissing(RequestRefused):
    code = "scope_missing"

    def __init__(self, *, name: str, scope: str, needed: str) -> None:
        self.name, self.scope, self.needed = name, scope, needed
        has, needs = str(scope), str(needed)  # members of an enumeration show themselves otherwise
        super().__init__(f"key {name!r} has the scope {has!r}; this route needs {needs!r}")


class HostRefused(RequestRefused):
    """A web page that resolves its own name to 127.0.0.1 could otherwise use a keyless service."""

    code = "host_refused"

    def __init__(self, *, header: str, value: str) -> None:
        self.header, self.value = header, value
        super().__init__(
            f"in dev mode {header} must name this machine, such as 127.0.0.1, and not {value!r}; "
            "to serve others, run without dev mode and make a key"
        )


class BodyTooLarge(RequestRefused):
    code = "body_too_large"

    def __init__(self, *, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        super().__init__(f"the body is larger than {max_bytes} bytes; send it in parts")


class BodyNotJson(RequestRefused):
    code = "body_not_json"

    def __init__(self, *, content_type: str) -> None:
        self.content_type = content_type
        super().__init__(f"send `Content-Type: application/json`, not {content_type!r}")


class BodyMalformed(RequestRefused):
    code = "body_malformed"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the body is not JSON in UTF-8: {reason}")


class CursorInvalid(RequestRefused):
    code = "cursor_invalid"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{reason}; start again without a cursor")


class ItemIdInvalid(RequestRefused):
    code = "item_id_invalid"

    def __init__(self, *, id: str, reason: str) -> None:
        self.id, self.reason = id, reason
        super().__init__(f"{id!r} is no product id: {reason}; write SOURCE:SKU, such as acme:10027")


class ItemNotFound(RequestRefused):
    code = "item_not_found"

    def __init__(self, *, id: str) -> None:
        self.id = id
        super().__init__(f"there is no product {id!r}")


class ParameterUnknown(RequestRefused):
    """`place` is where in the list of those asked for it stands, from 0."""

    code = "parameter_unknown"

    def __init__(self, *, name: str, place: int) -> None:
        self.name, self.place = name, place
        super().__init__(
            f"there is no parameter {name!r}; `GET /v1/parameters` lists those there are"
        )


class UploadRefused(RequestRefused):
    """An import that is not begun; nothing of what was sent is kept."""

    code = "upload_refused"


class PathNotAllowed(UploadRefused):
    """The same answer whether or not something exists at that path."""

    code = "path_not_allowed"

    def __init__(self) -> None:
        super().__init__(
            "this path is not under a folder that imports may read; name an absolute path without "
            "`..` under one of CATALOGRAPH_IMPORT_ROOTS, or upload the file"
        )


class PathUnreadable(UploadRefused):
    code = "path_unreadable"

    def __init__(self, *, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path!r} {reason}; name a regular file that the service may read")


class MappingUnknown(UploadRefused):
    code = "mapping_unknown"

    def __init__(self, *, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, known
        there = f"there are {', '.join(known)}" if known else "there are none yet"
        super().__init__(
            f"there is no mapping {name!r}; {there}. Put {name}.toml into the folder of mappings, "
            "or send the mapping as a part of the form"
        )


class MappingMissing(UploadRefused):
    code = "mapping_missing"

    def __init__(self) -> None:
        super().__init__(
            "an import needs a mapping: send `?mapping=` with the name of one, "
            "or the part `mapping` of a form"
        )


class FormatUnknown(UploadRefused):
    code = "format_unknown"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(
            f"the format of {name!r} cannot be told from its name; "
            "send `?format=csv`, `ndjson`, `json` or `parquet`"
        )


class MediaTypeUnsupported(UploadRefused):
    code = "media_type_unsupported"

    def __init__(self, *, header: str, value: str, remedy: str) -> None:
        self.header, self.value, self.remedy = header, value, remedy
        super().__init__(f"{header} {value!r} cannot be taken here; {remedy}")


class BodyEmpty(UploadRefused):
    code = "body_empty"

    def __init__(self) -> None:
        super().__init__("the body is empty; send the file as the body, or `?path=`")


class BodyUnexpected(UploadRefused):
    code = "body_unexpected"

    def __init__(self) -> None:
        super().__init__("`?path=` names the file already; send either a path or a body")


class BodyIncomplete(UploadRefused):
    code = "body_incomplete"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the body ended early: {reason}; send it again")


class FormMalformed(UploadRefused):
    code = "form_malformed"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the body is no multipart form: {reason}")


class FormInvalid(UploadRefused):
    """A form whose parts are not the ones that an import has."""

    code = "form_invalid"

    def __init__(self, *, part: str, reason: str) -> None:
        self.part, self.reason = part, reason
        super().__init__(
            f"part {part!r}: {reason}; a form has one part `file` and at most one part `mapping`"
        )


class UploadStalled(UploadRefused):
    code = "upload_stalled"

    def __init__(self, *, idle_s: float) -> None:
        self.idle_s = idle_s
        super().__init__(f"nothing came for {idle_s:g} s; nothing is kept, send it again")


class NoSpace(UploadRefused):
    code = "no_space"

    def __init__(self) -> None:
        super().__init__(
            "there is no space left to keep this upload; free some, then send it again"
        )


class IdempotencyKeyReused(UploadRefused):
    code = "idempotency_key_reused"

    def __init__(self, *, id: str, parameter: str) -> None:
        self.id, self.parameter = id, parameter
        super().__init__(
            f"this Idempotency-Key belongs to job {id}, which was sent with another {parameter!r}; "
            "use a new key for a new import"
        )
