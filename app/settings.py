"""What the environment may set, read here and nowhere else."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal, Self

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import SettingsInvalid

PREFIX = "CATALOGRAPH_"

_URI_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
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

    @field_validator("home", "keys_file")
    @classmethod
    def _expand_home(cls, path: Path | None) -> Path | None:
        return path.expanduser().absolute() if path else None

    @field_validator("neo4j_uri")
    @classmethod
    def _check_uri(cls, uri: str | None) -> str | None:
        scheme, separator, rest = (uri or "").partition("://")
        if uri is not None and (scheme not in _URI_SCHEMES or not separator or not rest):
            raise ValueError(f"write SCHEME://HOST:PORT with one of {', '.join(_URI_SCHEMES)}")
        return uri

    @field_validator("neo4j_password")
    @classmethod
    def _need_password(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if info.data.get("neo4j_uri") and password is None:
            raise ValueError("is not set, but NEO4J_URI is; set the password of its account")
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
        if self.log_format is None:
            object.__setattr__(self, "log_format", "pretty" if self.dev else "json")
        return self

    @property
    def keys_path(self) -> Path:
        return self.keys_file or self.home / "keys.json"


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
            value=None if field == "neo4j_password" else str(first["input"]),
            reason=first["msg"].removeprefix("Value error, ").replace("Input should", "it should"),
            meaning=str(Settings.model_fields[field].description),
        ) from None


def variable_of(field: str) -> str:
    """`query_timeout_s` -> `CATALOGRAPH_QUERY_TIMEOUT_S`; Neo4j's own keep their usual names."""
    return field.upper() if field.startswith("neo4j_") else PREFIX + field.upper()


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
