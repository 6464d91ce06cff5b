"""Everything that `app` raises on purpose, with the status code of every error.

AppError
├── SettingsInvalid             a variable of the environment
├── AddressInUse                where the API should listen
├── ExamplesMissing             the demo outside of a checkout
├── KeyFileInvalid              the file of the API keys
├── NotReady                    the database, migrations or indexes
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
    └── ItemNotFound
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from graph.errors import (
    DatabaseError,
    DatabaseNotFound,
    DatabaseRefusedLogin,
    DatabaseTooOld,
    DatabaseUnavailable,
    DraftInvalid,
    FilterInvalid,
    MigrationError,
    QueryTimedOut,
    ServerError,
    ValueInvalid,
)

RETRY_AFTER_S = 5  # an embedded Neo4j is back 7 to 17 s after a crash, a cluster sooner


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


# Looked up along the class's own ancestors, so that the nearest one counts.
_STATUS: Mapping[type[Exception], int] = {
    KeyMissing: 401,
    KeyUnknown: 401,
    ScopeMissing: 403,
    HostRefused: 403,
    ItemNotFound: 404,
    BodyTooLarge: 413,
    BodyNotJson: 415,
    ItemIdInvalid: 422,
    DraftInvalid: 422,
    ValueInvalid: 422,
    FilterInvalid: 400,
    RequestRefused: 400,
    NotReady: 503,
    KeyFileInvalid: 503,
    ServerError: 503,
    DatabaseUnavailable: 503,
    DatabaseRefusedLogin: 503,
    DatabaseTooOld: 503,
    DatabaseNotFound: 503,
    MigrationError: 503,
    # We were a gateway that waited in vain; a 503 would ask to repeat a query that is too large.
    QueryTimedOut: 504,
}

# What a client may read where the error's own sentence names our hosts, paths and accounts.
_PUBLIC: Mapping[type[Exception], str] = {
    DatabaseError: "the database cannot be used at the moment; the log says why",
    ServerError: "the database cannot be used at the moment; the log says why",
    MigrationError: "the database is being brought to a new version",
    KeyFileInvalid: "API keys cannot be checked at the moment; the log says why",
}

_TITLES: Mapping[int, str] = {
    400: "The request cannot be understood",
    401: "An API key is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    413: "The body is too large",
    415: "The content type is not supported",
    422: "The request breaks a rule",
    500: "Something broke on our side",
    503: "Not available now",
    504: "The query took too long",
}


def status_of(error: Exception) -> int:
    """The status code that answers `error`; 500 for what nobody foresaw."""
    return next((_STATUS[cls] for cls in type(error).__mro__ if cls in _STATUS), 500)


def code_of(error: Exception) -> str:
    """The stable code of an error that we raise on purpose."""
    return str(getattr(error, "code", "internal_error"))


def public_detail(error: Exception) -> str:
    """What the client may read about `error`."""
    for cls in type(error).__mro__:
        if cls is QueryTimedOut:
            break
        if cls in _PUBLIC:
            return _PUBLIC[cls]
    if status_of(error) == 500:
        return "the error was logged under the request id"
    return str(error)


def headers_of(error: Exception) -> dict[str, str]:
    """Headers that belong to the answer beside the problem itself."""
    status = status_of(error)
    if status == 401:
        fault = ', error="invalid_token"' if isinstance(error, KeyUnknown) else ""
        return {"WWW-Authenticate": f'Bearer realm="catalograph"{fault}'}
    return {"Retry-After": str(RETRY_AFTER_S)} if status == 503 else {}


def title_of(status: int) -> str:
    """The short title of a status, the same for every problem of that status."""
    return _TITLES.get(status, "The request failed")
