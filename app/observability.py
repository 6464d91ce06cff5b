"""Logs that a machine can read, or a person in dev mode."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

if TYPE_CHECKING:
    from structlog.typing import Processor

    from app.settings import LogFormat, Settings

_encode = msgspec.json.Encoder(enc_hook=repr).encode


def configure_logging(settings: Settings, *, of_command: bool = False) -> None:
    """Send our own messages and those of libraries to standard error, in one format.

    Standard output belongs to the data that commands print.

    Args:
        of_command: what runs once and tells its results itself: warnings alone are written, unless
            the level was chosen.
    """
    chosen = "log_level" in settings.model_fields_set
    log_level = "warning" if of_command and not chosen else settings.log_level
    level = logging.getLevelNamesMapping()[log_level.upper()]
    pretty = settings.log_format == "pretty"
    structlog.configure(
        processors=[*_shared(), *_rendering(settings.log_format)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=(
            structlog.WriteLoggerFactory(sys.stderr)
            if pretty
            else structlog.BytesLoggerFactory(sys.stderr.buffer)
        ),
        cache_logger_on_first_use=True,
    )
    _configure_libraries(level, settings.log_format)


def _configure_libraries(level: int, log_format: LogFormat | None) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(log_format, text=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # Libraries say at INFO what our own lines say better.
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger("uvicorn.error").setLevel(level)


def _shared() -> list[Processor]:
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _rendering(log_format: LogFormat | None, *, text: bool = False) -> list[Processor]:
    if log_format == "pretty":
        # Plain tracebacks: the rich ones show local variables, and so passwords and keys.
        plain = structlog.dev.plain_traceback
        return [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)
        ]
    render = structlog.processors.JSONRenderer(serializer=_as_text if text else _as_bytes)
    return [structlog.processors.format_exc_info, render]


def _as_bytes(event: Any, **_: object) -> bytes:  # noqa: ANN401 - whatever a caller logs
    return _encode(event)


def _as_text(event: Any, **_: object) -> str:  # noqa: ANN401
    return _encode(event).decode()
