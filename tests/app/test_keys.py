"""API keys: made once, hashed at rest, revoked at once."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from app.errors import KeyFileInvalid
from app.keys import KeyFile, Scope

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)


class Clock:
    """Monotonic seconds that pass only when a test says so."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keys(tmp_path, clock):
    return KeyFile(tmp_path / "home" / "keys.json", clock=clock)


def test_a_new_key_opens_the_door(keys):
    key, token = keys.create("shop", Scope.WRITE, now=NOW)

    assert keys.authenticate(token) == key
    assert (key.name, key.scope, key.created) == ("shop", Scope.WRITE, NOW)


def test_the_file_has_neither_key_nor_secret(keys):
    _, token = keys.create("shop", Scope.READ, now=NOW)

    content = keys.path.read_text()

    assert token not in content
    assert token.rpartition("_")[2] not in content


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_only_the_owner_reads_the_file(keys):
    keys.create("shop", Scope.READ, now=NOW)

    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "token", ["", "cg_", "cg_00000000_" + "0" * 64, "Bearer", "cg_É_" + "0" * 64, "x" * 100_000]
)
def test_other_tokens_open_nothing(keys, token):
    keys.create("shop", Scope.READ, now=NOW)

    assert keys.authenticate(token) is None


def test_the_id_of_one_key_does_not_go_with_the_secret_of_another(keys):
    one, _ = keys.create("one", Scope.READ, now=NOW)
    _, token = keys.create("two", Scope.READ, now=NOW)

    assert keys.authenticate(f"cg_{one.id}_{token.rpartition('_')[2]}") is None


def test_without_a_file_nobody_gets_in(keys):
    assert keys.list() == ()
    assert keys.authenticate("cg_00000000_" + "0" * 64) is None


def test_a_key_that_another_process_revokes_dies_within_a_second(keys, clock):
    key, token = keys.create("shop", Scope.READ, now=NOW)
    assert keys.authenticate(token) is not None

    KeyFile(keys.path).revoke(key.id)
    still = keys.authenticate(token)
    clock.now_s += 1.0

    assert still is not None
    assert keys.authenticate(token) is None


def test_a_key_that_another_process_makes_works_within_a_second(keys, clock):
    assert keys.authenticate("cg_00000000_" + "0" * 64) is None
    _, token = KeyFile(keys.path).create("shop", Scope.READ, now=NOW)

    clock.now_s += 1.0

    assert keys.authenticate(token) is not None


def test_revoking_an_unknown_id_says_so(keys):
    key, _ = keys.create("shop", Scope.READ, now=NOW)

    assert keys.revoke("ffffffff") is False
    assert keys.revoke(key.id) is True
    assert keys.list() == ()


def test_keys_made_at_the_same_time_are_all_kept(keys):
    with ThreadPoolExecutor(8) as pool:
        names = [f"shop {number}" for number in range(24)]
        list(pool.map(lambda name: KeyFile(keys.path).create(name, Scope.READ, now=NOW), names))

    assert sorted(key.name for key in keys.list()) == sorted(names)
    assert [path.name for path in keys.path.parent.glob(".keys-*")] == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"keys": [{"id": 1}]}', '{"version": 2}'])
def test_a_damaged_file_is_named_and_lets_nobody_in(keys, clock, content):
    _, token = keys.create("shop", Scope.READ, now=NOW)
    keys.path.write_text(content)
    clock.now_s += 1.0

    for _ in range(2):  # also the second time: it must not fall back to what it knew
        with pytest.raises(KeyFileInvalid) as caught:
            keys.authenticate(token)

    assert str(keys.path) in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_file_that_others_may_write_is_refused(keys):
    keys.create("shop", Scope.READ, now=NOW)
    keys.path.chmod(0o666)

    with pytest.raises(KeyFileInvalid, match="chmod 600"):
        keys.list()


def test_the_file_can_be_read_by_a_person(keys):
    key, _ = keys.create("shop", Scope.ADMIN, now=NOW)

    document = json.loads(keys.path.read_text())

    assert document["version"] == 1
    assert document["keys"][0]["id"] == key.id
    assert document["keys"][0]["scope"] == "admin"


@pytest.mark.parametrize(
    ("held", "needed", "enough"),
    [
        (Scope.READ, Scope.READ, True),
        (Scope.READ, Scope.WRITE, False),
        (Scope.WRITE, Scope.READ, True),
        (Scope.WRITE, Scope.ADMIN, False),
        (Scope.ADMIN, Scope.WRITE, True),
    ],
)
def test_each_scope_includes_the_ones_before_it(held, needed, enough):
    assert held.includes(needed) is enough
