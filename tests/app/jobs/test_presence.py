"""Workers that are there, and those that are gone."""

import subprocess
import sys

import psutil
import pytest
from msgspec import structs

from app.errors import JobsUnavailable
from app.jobs.presence import Presence, this_worker
from app.jobs.tables import open_engine


@pytest.fixture
def presence(board):
    return Presence(board.engine)


def only(presence):
    (worker,) = presence.all()
    return worker


def gone(presence, worker, dead_after_s=15.0):
    return presence.is_gone(worker, dead_after_s=dead_after_s)


def test_a_worker_that_registers_is_there(presence):
    me = this_worker()

    presence.register(me)

    found = only(presence)
    assert found.executor_id == me.executor_id
    assert 0 <= found.silent_s < 60
    assert not gone(presence, found, dead_after_s=60)


def test_two_names_of_one_process_differ():
    assert this_worker().executor_id != this_worker().executor_id


def test_a_worker_that_has_left_is_gone_at_once(presence):
    me = this_worker()
    presence.register(me)

    presence.leave(me)

    assert gone(presence, only(presence))


def test_a_worker_whose_process_ended_is_gone_at_once(presence):
    child = subprocess.Popen([sys.executable, "-c", ""])
    started = psutil.Process(child.pid).create_time()
    worker = structs.replace(this_worker(), pid=child.pid, process_started=started)
    child.wait()

    assert gone(presence, worker)


def test_a_worker_that_nobody_has_waited_for_yet_is_gone_too(presence):
    child = subprocess.Popen([sys.executable, "-c", ""])
    started = psutil.Process(child.pid).create_time()
    worker = structs.replace(this_worker(), pid=child.pid, process_started=started)
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        pass

    assert gone(presence, worker)
    child.wait()


def test_a_pid_that_passed_to_another_process_is_no_sign_of_life(presence):
    me = this_worker()

    assert gone(presence, structs.replace(me, process_started=me.process_started - 60))


def test_the_pid_of_another_machine_says_nothing_here(presence):
    worker = structs.replace(this_worker(), host="elsewhere", pid=2**22 - 1, silent_s=1.0)

    assert not gone(presence, worker)
    assert gone(presence, structs.replace(worker, silent_s=15.1))


def test_a_worker_that_was_forgotten_learns_it_with_its_next_heartbeat(presence):
    me = this_worker()
    presence.register(me)
    assert presence.beat(me)

    presence.forget([me.executor_id])

    assert not presence.beat(me)
    presence.register(me)
    assert presence.beat(me)


def test_without_a_database_every_question_says_so():
    engine = open_engine("postgresql://127.0.0.1:1/none")
    presence = Presence(engine)
    me = this_worker()

    for ask in (presence.all, lambda: presence.beat(me), lambda: presence.register(me)):
        with pytest.raises(JobsUnavailable):
            ask()
    engine.dispose()
