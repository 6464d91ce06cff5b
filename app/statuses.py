"""The status code of every error, and what of it a client may read."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import (
    BodyEncoded,
    BodyIncomplete,
    BodyNotJson,
    BodyTooLarge,
    BuildInvalid,
    ChampionUnreadable,
    FillerMissing,
    FormMalformed,
    HostRefused,
    ItemIdInvalid,
    ItemNotFound,
    JobError,
    JobNotFound,
    JobsUnavailable,
    KeyFileInvalid,
    KeyMissing,
    KeyUnknown,
    KindsDiffer,
    MediaTypeUnsupported,
    NoSpace,
    NotAcceptable,
    NotReady,
    ParameterUnknown,
    RequestRefused,
    ScopeMissing,
    SessionInvalid,
    ShopperNotFound,
    SourceUnknown,
    ThresholdMissing,
    TooManyQueries,
    UploadRefused,
    UploadStalled,
    WebhookNotAllowed,
)
from graph.errors import (
    CypherInvalid,
    CypherRefused,
    DatabaseError,
    DatabaseNotFound,
    DatabaseRefusedLogin,
    DatabaseTooOld,
    DatabaseUnavailable,
    DiskFull,
    DraftInvalid,
    FilterInvalid,
    MappingInvalid,
    MigrationError,
    ProposalUnknown,
    QueryTimedOut,
    ReviewError,
    ServerError,
    ValueInvalid,
)
from ml.errors import (
    ArtefactError,
    ArtefactNotFound,
    EncoderUnusable,
    PackageMissing,
    RecipeInvalid,
    RegistryUnavailable,
)

RETRY_AFTER_S = 5  # an embedded Neo4j is back 7 to 17 s after a crash, a cluster sooner

# Looked up along the class's own ancestors, so that the nearest one counts.
_STATUS: Mapping[type[Exception], int] = {
    KeyMissing: 401,
    KeyUnknown: 401,
    ScopeMissing: 403,
    HostRefused: 403,
    ItemNotFound: 404,
    ShopperNotFound: 404,
    EncoderUnusable: 409,
    BodyTooLarge: 413,
    BodyNotJson: 415,
    BodyEncoded: 415,
    ItemIdInvalid: 422,
    SessionInvalid: 422,
    ParameterUnknown: 422,
    BuildInvalid: 422,
    ThresholdMissing: 422,
    SourceUnknown: 422,
    FillerMissing: 409,
    ChampionUnreadable: 409,
    KindsDiffer: 422,
    MediaTypeUnsupported: 415,
    BodyIncomplete: 400,
    FormMalformed: 400,
    UploadStalled: 408,
    NotAcceptable: 406,
    TooManyQueries: 429,
    CypherRefused: 422,
    CypherInvalid: 400,
    NoSpace: 507,
    UploadRefused: 422,
    MappingInvalid: 422,
    ReviewError: 409,
    ProposalUnknown: 404,
    DraftInvalid: 422,
    ValueInvalid: 422,
    FilterInvalid: 400,
    ArtefactNotFound: 404,
    ArtefactError: 409,
    RecipeInvalid: 422,
    PackageMissing: 501,
    RegistryUnavailable: 503,
    JobNotFound: 404,
    JobError: 409,
    WebhookNotAllowed: 422,
    RequestRefused: 400,
    NotReady: 503,
    KeyFileInvalid: 503,
    JobsUnavailable: 503,
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
    DiskFull: "the disk of the database has too little space left; free some, then send it again",
    ServerError: "the database cannot be used at the moment; the log says why",
    MigrationError: "the database is being brought to a new version",
    JobsUnavailable: "jobs cannot be read or made at the moment; the log says why",
    RegistryUnavailable: "the models cannot be used at the moment; the log says why",
    KeyFileInvalid: "API keys cannot be checked at the moment; the log says why",
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
        if cls in (QueryTimedOut, CypherRefused):
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
    if status == 408:
        return {"Connection": "close"}  # who sends nothing would hold it open
    if status == 429:
        return {"Retry-After": "1"}
    return {"Retry-After": str(RETRY_AFTER_S)} if status == 503 else {}
