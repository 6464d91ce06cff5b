"""Everything that `graph` raises on purpose, in one tree.

GraphError
├── ServerError                 the embedded Neo4j (graph/server.py)
│   ├── EmbeddedExtraMissing
│   ├── JarsUnavailable
│   ├── ServerBusy
│   ├── ServerStartFailed
│   ├── PortInUse
│   ├── DatabaseBroken
│   ├── DiskFull
│   └── PasswordMissing
├── DatabaseError               any Neo4j, through graph/client.py
│   ├── DatabaseUnavailable
│   ├── DatabaseRefusedLogin
│   ├── DatabaseTooOld
│   ├── DatabaseNotFound
│   ├── QueryRefused
│   │   ├── QueryTooLarge
│   │   └── CypherRefused       what a person wrote
│   │       ├── CypherInvalid
│   │       ├── CypherForbidden
│   │       └── CypherTooLarge
│   └── QueryTimedOut
├── MigrationError              graph/migrate.py
│   ├── MigrationFileInvalid
│   ├── MigrationChanged
│   ├── MigrationUnknown
│   ├── MigrationsPending
│   └── MigrationLocked
├── MappingInvalid              a mapping file
├── FilterInvalid               a filter expression
├── ValueInvalid                one cell or value that means nothing for its parameter
├── DraftInvalid                one field of an item that cannot be stored
├── DatabaseNotEmpty            a bulk load into a graph that is there
├── BulkLoadFailed              neo4j-admin, or what came of it
├── ReviewError                 a decision about a proposed fact (graph/repositories/review.py)
│   ├── ProposalUnknown
│   └── ProposalStale
├── VectorsError                vectors of items (graph/repositories/vectors.py)
│   ├── VectorUnusable
│   └── VectorsSuperseded
├── ExportScopeInvalid          what an export is to have, contradicting itself
├── NodesUnknown                an export around ids that nothing has
├── SnapshotError               the graph as columns (graph/snapshot.py)
│   ├── SnapshotInvalid
│   ├── SnapshotMismatch
│   ├── SnapshotNotWritten
│   └── SnapshotTargetTaken
└── ImportFailed                an import that cannot go on; one bad row is a RecordRejected
    └── NothingLoaded           every row was one
"""

from graph.errors.base import GraphError
from graph.errors.columns import (
    ExportScopeInvalid,
    NodesUnknown,
    SnapshotError,
    SnapshotInvalid,
    SnapshotMismatch,
    SnapshotNotWritten,
    SnapshotTargetTaken,
    VectorsError,
    VectorsSuperseded,
    VectorUnusable,
)
from graph.errors.database import (
    CypherForbidden,
    CypherInvalid,
    CypherRefused,
    CypherTooLarge,
    DatabaseError,
    DatabaseNotFound,
    DatabaseRefusedLogin,
    DatabaseTooOld,
    DatabaseUnavailable,
    QueryRefused,
    QueryTimedOut,
    QueryTooLarge,
)
from graph.errors.items import (
    BulkLoadFailed,
    DatabaseNotEmpty,
    DraftInvalid,
    FilterInvalid,
    ImportFailed,
    MappingInvalid,
    NothingLoaded,
    ProposalStale,
    ProposalUnknown,
    ReviewError,
    ValueInvalid,
)
from graph.errors.migrations import (
    MigrationChanged,
    MigrationError,
    MigrationFileInvalid,
    MigrationLocked,
    MigrationsPending,
    MigrationUnknown,
)
from graph.errors.server import (
    DatabaseBroken,
    DiskFull,
    EmbeddedExtraMissing,
    JarsUnavailable,
    PasswordMissing,
    PortInUse,
    ServerBusy,
    ServerError,
    ServerStartFailed,
)

__all__ = [
    "BulkLoadFailed",
    "CypherForbidden",
    "CypherInvalid",
    "CypherRefused",
    "CypherTooLarge",
    "DatabaseBroken",
    "DatabaseError",
    "DatabaseNotEmpty",
    "DatabaseNotFound",
    "DatabaseRefusedLogin",
    "DatabaseTooOld",
    "DatabaseUnavailable",
    "DiskFull",
    "DraftInvalid",
    "EmbeddedExtraMissing",
    "ExportScopeInvalid",
    "FilterInvalid",
    "GraphError",
    "ImportFailed",
    "JarsUnavailable",
    "MappingInvalid",
    "MigrationChanged",
    "MigrationError",
    "MigrationFileInvalid",
    "MigrationLocked",
    "MigrationUnknown",
    "MigrationsPending",
    "NodesUnknown",
    "NothingLoaded",
    "PasswordMissing",
    "PortInUse",
    "ProposalStale",
    "ProposalUnknown",
    "QueryRefused",
    "QueryTimedOut",
    "QueryTooLarge",
    "ReviewError",
    "ServerBusy",
    "ServerError",
    "ServerStartFailed",
    "SnapshotError",
    "SnapshotInvalid",
    "SnapshotMismatch",
    "SnapshotNotWritten",
    "SnapshotTargetTaken",
    "ValueInvalid",
    "VectorUnusable",
    "VectorsError",
    "VectorsSuperseded",
]
