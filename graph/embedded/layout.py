"""Where everything of one embedded server lies on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """All paths below `home`; nothing of the server is written anywhere else but the jar cache."""

    home: Path

    @property
    def root(self) -> Path:
        return self.home.resolve() / "neo4j"

    @property
    def conf(self) -> Path:
        return self.root / "conf"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def conf_file(self) -> Path:
        return self.conf / "neo4j.conf"

    @property
    def password_file(self) -> Path:
        return self.conf / "password"

    @property
    def classpath_file(self) -> Path:
        return self.run / "classpath.args"

    @property
    def state_file(self) -> Path:
        return self.run / "state.json"

    @property
    def lock_file(self) -> Path:
        return self.run / "supervisor.lock"

    @property
    def console_log(self) -> Path:
        """What the Java machine itself said since its last start."""
        return self.logs / "console.log"

    @property
    def debug_log(self) -> Path:
        """What Neo4j says to its makers, such as why a database did not start."""
        return self.logs / "debug.log"

    @property
    def user_log(self) -> Path:
        """What Neo4j says to its operator; it turns this file over itself."""
        return self.logs / "neo4j.log"

    @property
    def supervisor_log(self) -> Path:
        return self.logs / "supervisor.log"

    @property
    def holds_users(self) -> bool:
        """Whether it was started before; an offline import alone brings no users."""
        return (self.data / "databases" / "system").exists()

    def create(self) -> None:
        # Owner only: the store is readable by whoever can read its files.
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("conf", "data", "import", "logs", "plugins", "run"):
            (self.root / name).mkdir(exist_ok=True)
