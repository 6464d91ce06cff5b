"""What is costly to load is loaded once, and renewed while requests go on."""

import threading

import pytest

from app.services.renewed import Renewed
from app.services.search_words import known_words
from graph.errors import DatabaseUnavailable
from ml.grounding.grounder import Grounder
from ml.grounding.lexicon import Lexicon
from ml.grounding.trust import Trust


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Loader:
    """Gives another grounder each time; `error` is raised where there is one."""

    def __init__(self):
        self.made = []
        self.error = None

    def __call__(self, previous):
        if self.error:
            raise self.error
        self.made.append(
            Grounder(Lexicon.of([], []), Trust({("made", str(len(self.made))): (1, 1)}))
        )
        return self.made[-1]


def test_it_is_loaded_once_until_it_is_old():
    load, clock = Loader(), Clock()
    knowledge = Renewed(load, clock=clock, renew_after_s=60)

    first = knowledge()
    clock.now = 59.0
    assert knowledge() is first

    clock.now = 60.0
    assert knowledge() is first  # nobody waits for the new one
    knowledge.settle()
    assert knowledge() is load.made[1]
    assert len(load.made) == 2


def test_what_loads_quickly_is_renewed_at_once_and_waited_for():
    load, clock = Loader(), Clock()
    knowledge = Renewed(load, clock=clock, renew_after_s=60, share=0.1)
    first = knowledge()

    clock.now = 0.9
    assert knowledge() is first
    clock.now = 1.1
    assert knowledge() is load.made[1]


@pytest.mark.parametrize(
    ("takes_s", "share", "after_s"),
    [
        (2.0, 0.1, 20.0),
        (4.0, 0.05, 60.0),  # a minute at most
        (30.0, 0.05, 300.0),  # unless that is a tenth of the time
        (30.0, None, 300.0),
    ],
)
def test_what_loads_slowly_is_renewed_as_its_share_of_the_time_allows(takes_s, share, after_s):
    load, clock = Loader(), Clock()

    def slowly(previous):
        clock.now += takes_s
        return load(previous)

    knowledge = Renewed(slowly, clock=clock, renew_after_s=60, share=share)
    knowledge()
    clock.now += 60.0
    knowledge()  # the first time all is cold: that says nothing of the next
    knowledge.settle()
    assert len(load.made) == 2

    clock.now += after_s - 1.0
    knowledge()
    knowledge.settle()
    assert len(load.made) == 2
    clock.now += 1.0
    knowledge()
    knowledge.settle()
    assert len(load.made) == 3


def test_what_is_not_outdated_stays_however_old_it_is():
    load, clock, outdated = Loader(), Clock(), []
    knowledge = Renewed(load, outdated=lambda one: one in outdated, clock=clock, renew_after_s=60)
    first = knowledge()

    clock.now = 600.0
    assert knowledge() is first
    knowledge.settle()
    assert len(load.made) == 1

    outdated.append(first)
    knowledge()
    knowledge.settle()
    assert knowledge() is load.made[1]


def test_the_words_of_searches_follow_the_grounder():
    load = Loader()
    grounders = [load(None)]
    words = known_words(lambda: grounders[-1], list, list, retry_after_s=0.0)
    first = words()

    assert words() is first
    grounders.append(load(None))

    assert words().grounder is grounders[-1]


def test_the_old_one_goes_on_while_the_database_is_away():
    load, clock = Loader(), Clock()
    knowledge = Renewed(load, clock=clock, renew_after_s=60)
    first = knowledge()
    load.error = DatabaseUnavailable(uri="bolt://127.0.0.1", reason="refused")

    clock.now = 60.0
    knowledge()
    knowledge.settle()

    assert knowledge() is first
    load.error = None
    clock.now = 120.0
    knowledge()
    knowledge.settle()
    assert knowledge() is not first


def test_without_any_the_error_reaches_whoever_asks():
    load = Loader()
    load.error = DatabaseUnavailable(uri="bolt://127.0.0.1", reason="refused")
    knowledge = Renewed(load)

    with pytest.raises(DatabaseUnavailable):
        knowledge()
    load.error = None
    assert knowledge() is load.made[0]


def test_many_that_ask_at_first_wait_for_one_load():
    load = Loader()
    knowledge = Renewed(load)
    found = []
    threads = [threading.Thread(target=lambda: found.append(knowledge())) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(load.made) == 1
    assert all(one is load.made[0] for one in found)


def test_begun_early_it_is_there_when_it_is_asked_for():
    load = Loader()
    knowledge = Renewed(load)

    knowledge.begin()
    knowledge.settle()

    assert len(load.made) == 1
    assert knowledge() is load.made[0]


def test_who_does_not_wait_has_nothing_at_first_and_then_the_same():
    load = Loader()
    load.error = DatabaseUnavailable(uri="bolt://127.0.0.1", reason="refused")
    knowledge = Renewed(load)

    assert knowledge.at_hand() is None
    knowledge.settle()
    load.error = None
    assert knowledge.at_hand() is None  # begun again
    knowledge.settle()
    assert knowledge.at_hand() is load.made[0]


def test_a_beginning_without_a_database_is_no_harm():
    load = Loader()
    load.error = DatabaseUnavailable(uri="bolt://127.0.0.1", reason="refused")
    knowledge = Renewed(load)

    knowledge.begin()
    knowledge.settle()
    load.error = None

    assert knowledge() is load.made[0]
