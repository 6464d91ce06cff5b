"""Complaints of a library that polls."""

import logging

from app.jobs.quiet import AGAIN_AFTER_S, OnceInAWhile


def record(line, message="away"):
    return logging.LogRecord("dbos", logging.WARNING, "queue.py", line, message, (), None)


def test_one_place_is_heard_once_in_a_while_and_others_at_once():
    now = [0.0]
    quiet = OnceInAWhile(lambda: now[0])

    first, repeated, other = (quiet.filter(record(line)) for line in (1, 1, 2))
    now[0] = AGAIN_AFTER_S
    later = quiet.filter(record(1, "still away"))

    assert (first, repeated, other, later) == (True, False, True, True)
