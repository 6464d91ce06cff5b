"""What is known of one home's server between processes, and which process is really meant by it."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import psutil

from graph.embedded.layout import Layout
from graph.errors import ServerError, ServerStartFailed

Phase = Literal["installing", "starting", "running", "restarting", "stopping", "stopped", "failed"]

USERNAME = "neo4j"
# Start times are counted from the boot time, which moves when the clock is set right.
_CLOCK_SLACK_S = 5.0


@dataclass(frozen=True)
class ProcessId:
    """A process id with its start time: the number alone may be somebody else's by now."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> Self:
        return cls(pid=pid, created=psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < _CLOCK_SLACK_S
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


@dataclass(frozen=True)
class State:
    """The state file: written by the supervisor alone, read by everyone."""

    phase: Phase
    bolt_port: int
    http_port: int
    supervisor: ProcessId | None = None
    server: ProcessId | None = None
    detached: bool = False
    restarts: int = 0
    error: dict[str, Any] = field(default_factory=dict)

    def write(self, layout: Layout) -> None:
        fields = {"root": str(layout.root), **asdict(self)}
        write_whole(layout.state_file, json.dumps(fields, indent=1))

    @classmethod
    def read(cls, layout: Layout) -> Self | None:
        """None when there is none, or none that makes sense: then nothing is known.

        One that was copied along with its home tells of the server of that one: none, too.
        """
        try:
            fields: dict[str, Any] = json.loads(layout.state_file.read_text(encoding="utf-8"))
            written_in = Path(fields.pop("root", layout.root))
            if written_in.exists() and not written_in.samefile(layout.root):
                return None
            for name in ("supervisor", "server"):
                fields[name] = ProcessId(**fields[name]) if fields[name] else None
            return cls(**fields)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    @property
    def owner(self) -> psutil.Process | None:
        return self.supervisor.find() if self.supervisor else None


def write_whole(file: Path, text: str) -> None:
    """Readable by the owner only from its first byte, and never seen half written."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as temporary:
            temporary.write(text)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def pack_error(error: ServerError) -> dict[str, Any]:
    return {"code": error.code, "fields": {k: v for k, v in vars(error).items() if k[0] != "_"}}


def unpack_error(packed: dict[str, Any], layout: Layout) -> ServerError:
    for kind in ServerError.__subclasses__():
        if kind.code == packed.get("code"):
            return kind(**packed["fields"])
    return ServerStartFailed(home=str(layout.home), reason="reason unknown", log_tail="")


@dataclass(frozen=True)
class Endpoint:
    """A running server; `attached` when another process owns it."""

    home: Path
    bolt_port: int
    http_port: int
    username: str
    password: str = field(repr=False)
    pid: int
    attached: bool = False

    @property
    def uri(self) -> str:
        return f"bolt://127.0.0.1:{self.bolt_port}"

    @property
    def http_uri(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"


def read_endpoint(layout: Layout, state: State, *, attached: bool) -> Endpoint:
    return Endpoint(
        home=layout.home,
        bolt_port=state.bolt_port,
        http_port=state.http_port,
        username=USERNAME,
        password=layout.password_file.read_text(encoding="utf-8").strip(),
        pid=state.server.pid if state.server else 0,
        attached=attached,
    )
