"""Everything that `app` raises on purpose, in one tree.

AppError
├── SettingsInvalid             a variable of the environment
├── AddressInUse                where the API should listen
├── ExamplesMissing             the demo outside of a checkout
├── KeyFileInvalid              the file of the API keys
├── NotReady                    the database, migrations or indexes
├── BuildInvalid                a setting of a run that reads texts
│   └── FillInvalid             of one that fills gaps
├── SourceUnknown               no product is of it
├── ChampionUnreadable          a model that was promoted and does not load
├── KindsDiffer                 models that are not judged by the same numbers
├── FillerMissing               nothing was learnt that gaps could be filled by
├── ThresholdMissing            links by scores that are no probabilities
├── JobError                    a job
│   ├── JobNotFound
│   ├── ImportWithoutJob
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
    ├── BodyEncoded
    ├── BodyMalformed
    ├── CursorInvalid
    ├── SessionInvalid
    ├── ItemIdInvalid
    ├── ItemNotFound
    ├── ParameterUnknown
    ├── NotAcceptable
    ├── TooManyQueries
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

from app.errors.base import AppError
from app.errors.jobs import (
    ImportWithoutJob,
    JobError,
    JobFinished,
    JobIdAmbiguous,
    JobNotFound,
    JobNotRetryable,
    JobsUnavailable,
    WebhookNotAllowed,
)
from app.errors.requests import (
    BodyEncoded,
    BodyMalformed,
    BodyNotJson,
    BodyTooLarge,
    CursorInvalid,
    HostRefused,
    ItemIdInvalid,
    ItemNotFound,
    KeyMissing,
    KeyUnknown,
    NotAcceptable,
    ParameterUnknown,
    RequestRefused,
    ScopeMissing,
    SessionInvalid,
    ShopperNotFound,
    TooManyQueries,
)
from app.errors.setup import (
    AddressInUse,
    BuildInvalid,
    ChampionUnreadable,
    ExamplesMissing,
    FillerMissing,
    FillInvalid,
    KeyFileInvalid,
    KindsDiffer,
    NotReady,
    SettingsInvalid,
    SourceUnknown,
    ThresholdMissing,
)
from app.errors.uploads import (
    BodyEmpty,
    BodyIncomplete,
    BodyUnexpected,
    FormatUnknown,
    FormInvalid,
    FormMalformed,
    IdempotencyKeyReused,
    MappingMissing,
    MappingUnknown,
    MediaTypeUnsupported,
    NoSpace,
    PathNotAllowed,
    PathUnreadable,
    UploadRefused,
    UploadStalled,
)

__all__ = [
    "AddressInUse",
    "AppError",
    "BodyEmpty",
    "BodyEncoded",
    "BodyIncomplete",
    "BodyMalformed",
    "BodyNotJson",
    "BodyTooLarge",
    "BodyUnexpected",
    "BuildInvalid",
    "ChampionUnreadable",
    "CursorInvalid",
    "ExamplesMissing",
    "FillInvalid",
    "FillerMissing",
    "FormInvalid",
    "FormMalformed",
    "FormatUnknown",
    "HostRefused",
    "IdempotencyKeyReused",
    "ImportWithoutJob",
    "ItemIdInvalid",
    "ItemNotFound",
    "JobError",
    "JobFinished",
    "JobIdAmbiguous",
    "JobNotFound",
    "JobNotRetryable",
    "JobsUnavailable",
    "KeyFileInvalid",
    "KeyMissing",
    "KeyUnknown",
    "KindsDiffer",
    "MappingMissing",
    "MappingUnknown",
    "MediaTypeUnsupported",
    "NoSpace",
    "NotAcceptable",
    "NotReady",
    "ParameterUnknown",
    "PathNotAllowed",
    "PathUnreadable",
    "RequestRefused",
    "ScopeMissing",
    "SessionInvalid",
    "SettingsInvalid",
    "ShopperNotFound",
    "SourceUnknown",
    "ThresholdMissing",
    "TooManyQueries",
    "UploadRefused",
    "UploadStalled",
    "WebhookNotAllowed",
]
