"""Uploads that are not taken."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors.requests import RequestRefused


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
            "send `?format=csv`, `ndjson`, `json`, `parquet` or `lines`"
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

    def __init__(self, *, id: str, parameter: str | None = None) -> None:
        self.id, self.parameter = id, parameter
        other = f"was sent with another {parameter!r}" if parameter else "another request has made"
        super().__init__(
            f"this Idempotency-Key belongs to job {id}, which {other}; "
            "use a new key for a new request"
        )
