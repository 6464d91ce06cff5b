"""Requests that are refused before anything is looked up."""

from __future__ import annotations

from app.errors.base import AppError


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


class BodyEncoded(RequestRefused):
    code = "body_encoded"

    def __init__(self, *, encoding: str) -> None:
        self.encoding = encoding
        super().__init__(f"send the body as it is, without Content-Encoding: {encoding}")


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


class SessionInvalid(RequestRefused):
    """What a following question is to follow."""

    code = "session_invalid"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(f"this is no session to go on with: {reason}; ask again without one")


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


class NotAcceptable(RequestRefused):
    code = "not_acceptable"

    def __init__(self, *, accept: str, offered: tuple[str, ...]) -> None:
        self.accept, self.offered = accept, offered
        super().__init__(f"`Accept: {accept[:100]}` names none of {', '.join(offered)}")


class TooManyQueries(RequestRefused):
    code = "too_many_queries"

    def __init__(self, *, most: int) -> None:
        self.most = most
        super().__init__(
            f"this key has {most} queries running, and may have no more; one that was given up "
            "counts until the database has ended it"
        )


class ShopperNotFound(RequestRefused):
    code = "shopper_not_found"

    def __init__(self, *, id: str) -> None:
        self.id = id
        super().__init__(f"nothing is known of a shopper {id!r}")
