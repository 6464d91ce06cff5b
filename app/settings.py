"""What the environment may set, read here and nowhere else."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import SettingsInvalid

PREFIX = "CATALOGRAPH_"

_URI_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_JOBS_SCHEMES = ("sqlite:///", "postgresql://", "postgres://")
# A value that cannot be used is shown in the error, unless it holds a password.
_SECRET = frozenset(
    {"neo4j_password", "neo4j_analytics_password", "jobs_url", "webhook_secret", "ask_llm_key"}
)
_KIB, _MIB, _GIB = 2**10, 2**20, 2**30

LogFormat = Literal["json", "pretty"]
LogLevel = Literal["debug", "info", "warning", "error"]


class Settings(BaseSettings):
    """One installation, frozen; build it with `load_settings`, or by keyword in a test."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,  # `NEO4J_URI= catalograph serve` means: unset
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        validate_default=True,
    )

    home: Path = Field(
        default=Path("~/.catalograph"),
        description="folder of everything this installation keeps",
    )
    neo4j_uri: str | None = Field(
        default=None,
        validation_alias=AliasChoices("NEO4J_URI", "neo4j_uri"),
        description="a Neo4j of your own, such as neo4j://db:7687; unset: the embedded one",
    )
    neo4j_username: str = Field(
        default="neo4j",
        min_length=1,
        validation_alias=AliasChoices("NEO4J_USERNAME", "neo4j_username"),
        description="account on the server at NEO4J_URI",
    )
    neo4j_password: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("NEO4J_PASSWORD", "neo4j_password"),
        description="password of that account",
    )
    neo4j_database: str = Field(
        default="neo4j",
        min_length=1,
        max_length=63,  # Neo4j's own limit
        validation_alias=AliasChoices("NEO4J_DATABASE", "neo4j_database"),
        description="database that every session opens",
    )
    neo4j_analytics_uri: str | None = Field(
        default=None,
        validation_alias=AliasChoices("NEO4J_ANALYTICS_URI", "neo4j_analytics_uri"),
        description="a Neo4j that answers raw Cypher, such as a read replica; unset: the one that "
        "answers all else",
    )
    neo4j_analytics_username: str | None = Field(
        default=None,
        min_length=1,
        validation_alias=AliasChoices("NEO4J_ANALYTICS_USERNAME", "neo4j_analytics_username"),
        description="account on the server at NEO4J_ANALYTICS_URI; unset: NEO4J_USERNAME",
    )
    neo4j_analytics_password: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("NEO4J_ANALYTICS_PASSWORD", "neo4j_analytics_password"),
        description="password of that account; unset: NEO4J_PASSWORD",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="address the API listens on")
    port: int = Field(
        default=8000, ge=0, le=65_535, description="TCP port of the API; 0: any free one"
    )
    dev: bool = Field(
        default=False,
        description="run without API keys, for one developer on a loopback address",
    )
    keys_file: Path | None = Field(
        default=None, description="file of the API keys; unset: keys.json in the home folder"
    )
    log_format: LogFormat | None = Field(
        default=None,
        description="json or pretty; unset: pretty with CATALOGRAPH_DEV, else json",
    )
    log_level: LogLevel = Field(default="info", description="least severe message that is written")
    access_log: bool = Field(default=True, description="write one line for each request")
    query_timeout_s: float = Field(
        default=10.0, gt=0, le=600, description="seconds after which a database query is stopped"
    )
    queries_per_key: int = Field(
        default=4, ge=1, le=256, description="raw Cypher queries that one key runs at the same time"
    )
    query_answer_bytes: int = Field(
        default=16 * _MIB,
        ge=_KIB,
        le=_GIB,
        description="largest answer to raw Cypher in bytes; a longer one is cut and says so",
    )
    max_body_bytes: int = Field(
        default=8 * _MIB, ge=_KIB, le=_GIB, description="largest JSON body in bytes"
    )
    page_items_max: int = Field(
        default=1_000, ge=1, le=1_000, description="most items on one page of a list"
    )
    write_threads: int = Field(
        # More writers only wait for each other's locks on shared values.
        default=4,
        ge=1,
        le=64,
        description="REST writes that run at the same time; the rest wait",
    )
    jobs_url: str | None = Field(
        default=None,
        description="database of the jobs: sqlite:///FILE, or postgresql://... for several "
        "machines; unset: jobs.sqlite in the home folder",
    )
    import_concurrency: int = Field(
        # An import keeps one core busy and Neo4j another; more only wait for each other.
        default=2,
        ge=1,
        le=64,
        description="imports that one worker process runs at the same time",
    )
    webhook_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="hosts, or host:port, that may be told of the end of a job, with commas "
        "between; unset: none",
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="what webhooks are signed with: any text, or whsec_ and base64",
    )
    import_roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(),
        description="folders that `POST /v1/imports?path=` may read, with commas between; "
        "unset: none",
    )
    mappings_dir: Path | None = Field(
        default=None,
        description="folder of the mappings that REST knows by name; unset: mappings in the home "
        "folder",
    )
    max_upload_bytes: int = Field(
        default=5 * _GIB, ge=_KIB, le=2**50, description="largest body of an import in bytes"
    )
    upload_idle_s: float = Field(
        default=30.0,
        gt=0,
        le=3_600,
        description="seconds without a byte after which an upload is given up",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="what learning runs on; auto: a GPU where there is one"
    )
    images: Path | None = Field(
        default=None,
        description="folder of the pictures that the `image_url` of items names; nothing is ever "
        "fetched; unset: none",
    )
    ask_llm_url: str | None = Field(
        default=None,
        description="a language model that reads the questions that the rules refuse: the address "
        "under which chat/completions is, such as http://127.0.0.1:11434/v1; unset: none",
    )
    ask_llm_model: str = Field(
        default="default", min_length=1, description="name of that model at its server"
    )
    ask_llm_key: SecretStr | None = Field(default=None, description="API key of that server")
    source_precedence: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="sources that count first where catalogs contradict each other, the best "
        "first, with commas between; unset: what was stated last counts",
    )

    @field_validator("home", "keys_file", "mappings_dir", "images")
    @classmethod
    def _expand_home(cls, path: Path | None) -> Path | None:
        return path.expanduser().absolute() if path else None

    @field_validator("import_roots", mode="before")
    @classmethod
    def _split_roots(cls, roots: object) -> object:
        if isinstance(roots, str):
            return tuple(part.strip() for part in roots.split(",") if part.strip())
        return roots

    @field_validator("source_precedence", mode="before")
    @classmethod
    def _split_sources(cls, sources: object) -> object:
        if isinstance(sources, str):
            return tuple(part.strip().casefold() for part in sources.split(",") if part.strip())
        return sources

    @field_validator("import_roots")
    @classmethod
    def _need_absolute(cls, roots: tuple[Path, ...]) -> tuple[Path, ...]:
        expanded = tuple(root.expanduser() for root in roots)
        for root in expanded:
            if not root.is_absolute():
                raise ValueError(f"names {str(root)!r}, which is no absolute path")
        return expanded

    @field_validator("neo4j_uri", "neo4j_analytics_uri")
    @classmethod
    def _check_uri(cls, uri: str | None) -> str | None:
        scheme, separator, rest = (uri or "").partition("://")
        if uri is not None and (scheme not in _URI_SCHEMES or not separator or not rest):
            raise ValueError(f"write SCHEME://HOST:PORT with one of {', '.join(_URI_SCHEMES)}")
        return uri

    @field_validator("ask_llm_url")
    @classmethod
    def _check_model_url(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("write an address that starts with http:// or https://")
        return url

    @field_validator("jobs_url")
    @classmethod
    def _check_jobs_url(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(_JOBS_SCHEMES):
            raise ValueError(f"write one of {', '.join(_JOBS_SCHEMES)} and then where it is")
        return url

    @field_validator("webhook_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, hosts: object) -> object:
        if isinstance(hosts, str):
            return tuple(part.strip() for part in hosts.split(",") if part.strip())
        return hosts

    @field_validator("webhook_hosts")
    @classmethod
    def _check_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if not host or any(sign in host for sign in "/@*?# "):
                raise ValueError(f"{host!r} is no host; write HOST or HOST:PORT")
        return tuple(host.lower() for host in hosts)

    @field_validator("neo4j_password")
    @classmethod
    def _need_password(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if info.data.get("neo4j_uri") and password is None:
            raise ValueError("is not set, but NEO4J_URI is; set the password of its account")
        return password

    @field_validator("neo4j_analytics_password")
    @classmethod
    def _need_analytics_password(
        cls, password: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        known = password or info.data.get("neo4j_password")
        if info.data.get("neo4j_analytics_uri") and known is None:
            raise ValueError("is not set, but NEO4J_ANALYTICS_URI is; set the password there")
        return password

    @field_validator("dev")
    @classmethod
    def _keep_dev_at_home(cls, dev: bool, info: ValidationInfo) -> bool:
        host = info.data.get("host", "")
        if dev and not is_loopback(host):
            raise ValueError(
                f"runs without keys and so never on {host!r}; "
                f"set {PREFIX}HOST=127.0.0.1, or leave {PREFIX}DEV and make a key"
            )
        return dev

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        if self.keys_file is None:
            object.__setattr__(self, "keys_file", self.home / "keys.json")
        if self.mappings_dir is None:
            object.__setattr__(self, "mappings_dir", self.home / "mappings")
        if self.jobs_url is None:
            object.__setattr__(self, "jobs_url", f"sqlite:///{self.home / 'jobs.sqlite'}")
        if self.log_format is None:
            object.__setattr__(self, "log_format", "pretty" if self.dev else "json")
        return self

    @property
    def keys_path(self) -> Path:
        return self.keys_file or self.home / "keys.json"

    @property
    def uploads_path(self) -> Path:
        return self.home / "uploads"

    def job_folder(self, id: str) -> Path:
        """What belongs to one job: an uploaded dump, the rejects."""
        return self.home / "jobs" / id

    @property
    def mappings_path(self) -> Path:
        return self.mappings_dir or self.home / "mappings"


def load_settings(**overrides: object) -> Settings:
    """The environment, with `overrides` (options of the command line) on top.

    Raises:
        SettingsInvalid: names the first variable that cannot be used, and what to set.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = _field_of(str(first["loc"][0]))
        raise SettingsInvalid(
            variable=variable_of(field),
            value=None if field in _SECRET else str(first["input"]),
            reason=first["msg"].removeprefix("Value error, ").replace("Input should", "it should"),
            meaning=str(Settings.model_fields[field].description),
        ) from None


def variable_of(field: str) -> str:
    """`query_timeout_s` -> `CATALOGRAPH_QUERY_TIMEOUT_S`; Neo4j's own keep their usual names."""
    return field.upper() if field.startswith("neo4j_") else PREFIX + field.upper()


def child_environment(**fields: object) -> dict[str, str]:
    """The environment of a process that this one starts, with fields of the settings on top."""
    return {**os.environ, **{variable_of(name): str(value) for name, value in fields.items()}}


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _field_of(name: str) -> str:
    """pydantic reports a field that has an alias under the alias."""
    return name.lower().removeprefix(PREFIX.lower())
