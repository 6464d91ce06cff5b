"""Which parameters items of a category have, by what dumps and people say of such items."""

import pytest

from graph.records import StatedIn
from ml.grounding.habits import PEOPLE, Habits
from ml.grounding.kin import AskedTitle, Kin

PATHS = {id: [id] for id in ("bikes", "televisions", "lamps", "kettles", "lanterns")}


def asked(category, of_model, titles, *, maker=None):
    return [AskedTitle(category, of_model, maker)] * titles


def said(category, parameter, items, *, source="north", refused=0):
    return StatedIn(category, source, parameter, items, refused)


def test_nothing_is_known_of_a_category_that_the_graph_does_not_have():
    habits = Habits.of([said("bikes", "wheel", 40), said("lamps", "socket", 40)], PATHS)

    assert Habits().likely("bikes", "wheel") == 1.0
    assert habits.likely(None, "wheel") == 1.0
    assert habits.likely("rowing boats", "wheel") == 1.0


def test_what_a_dump_says_in_other_categories_alone_the_items_of_this_one_hardly_have():
    rows = [
        said("bikes", "wheel", 40),
        said("bikes", "colour", 30),
        said("televisions", "colour", 90),
    ]
    habits = Habits.of(rows, PATHS)

    assert habits.likely("bikes", "wheel") > 0.99
    assert habits.likely("televisions", "colour") > 0.99
    assert habits.likely("televisions", "wheel") < 0.2


def test_what_most_other_categories_have_is_worth_a_look_where_a_dump_is_silent():
    rows = [
        *(said(one, "colour", 40) for one in ("bikes", "lamps", "lanterns", "televisions")),
        *(said(one, "power", 40) for one in ("kettles", "lamps")),
        said("bikes", "wheel", 40),
    ]
    habits = Habits.of(rows, PATHS)

    assert habits.likely("kettles", "colour") < 0.2 < 0.35 < habits.worth("kettles", "colour")
    assert habits.worth("kettles", "colour") < 0.5
    assert habits.worth("kettles", "wheel") < 0.2
    assert habits.worth("kettles", "power") == habits.likely("kettles", "power") > 0.9
    assert habits.worth(None, "wheel") == habits.worth("rowing boats", "wheel") == 1.0


def test_the_more_items_are_silent_the_more_it_says():
    def likely(items):
        rows = [said("bikes", "wheel", 9), said("televisions", "colour", items)]
        return Habits.of(rows, PATHS).likely("televisions", "wheel")

    assert 0.9 > likely(2) > likely(20) > likely(200) > likely(200_000)


def test_a_dump_that_never_says_it_does_not_deny_it():
    rows = [said("bikes", "wheel", 40), said("televisions", "colour", 90, source="south")]

    assert Habits.of(rows, PATHS).likely("televisions", "wheel") == pytest.approx(1.0)


def test_a_slip_in_many_rows_is_no_habit_and_a_rare_thing_is():
    rows = [said("bikes", "wheel", 400), said("televisions", "colour", 2_000)]

    slip = Habits.of([*rows, said("televisions", "wheel", 1)], PATHS)
    rare = Habits.of([*rows, said("televisions", "wheel", 40)], PATHS)

    assert slip.likely("televisions", "wheel") < 0.1
    assert rare.likely("televisions", "wheel") > 0.9


def test_a_category_of_texts_alone_is_as_the_others_are():
    rows = [
        *(said(one, "colour", 20) for one in ("bikes", "lamps", "kettles", "lanterns")),
        said("bikes", "wheel", 20),
        said("lamps", "socket", 20),
        said("lanterns", "socket", 20),
    ]
    habits = Habits.of(rows, PATHS)
    colour, socket, wheel = (
        habits.likely("televisions", one) for one in ("colour", "socket", "wheel")
    )

    assert colour == 1.0
    assert 0.6 > socket > wheel > 0.1


def test_of_one_known_category_all_others_are_alike():
    habits = Habits.of([said("bikes", "wheel", 20)], PATHS)

    assert habits.likely("televisions", "wheel") == 1.0


def test_the_nearer_a_category_is_in_the_tree_the_more_it_counts():
    paths = {
        "road-bikes": ["bikes", "road-bikes"],
        "gravel-bikes": ["bikes", "gravel-bikes"],
        "new-bikes": ["bikes", "new-bikes"],
        **{one: ["home", one] for one in ("lamps", "kettles", "lanterns", "new-thing")},
    }
    rows = [
        *(said(one, "wheel", 20) for one in ("road-bikes", "gravel-bikes")),
        *(said(one, "colour", 20, source="south") for one in ("lamps", "kettles", "lanterns")),
    ]
    habits = Habits.of(rows, paths)

    assert habits.likely("new-bikes", "wheel") > 0.75
    assert habits.likely("new-thing", "wheel") < 0.25


def test_items_are_like_the_category_of_their_models():
    rows = [
        said("bikes", "wheel", 20),
        *(said(one, "colour", 20) for one in ("lamps", "kettles", "televisions")),
    ]
    paths = {**PATHS, "velos": ["velos"]}
    alone = Habits.of(rows, paths)
    some = asked("velos", "bikes", 20) + asked("velos", None, 60)
    few = asked("velos", "bikes", 2) + asked("velos", None, 60)
    linked = Habits.of(rows, paths, Kin.of(some, {}))
    slips = Habits.of(rows, paths, Kin.of(few, {}))

    assert alone.likely("velos", "wheel") < 0.5
    assert linked.likely("velos", "wheel") > 0.9
    assert linked.likely("velos", "colour") < alone.likely("velos", "colour")
    assert slips.likely("velos", "wheel") == pytest.approx(alone.likely("velos", "wheel"), abs=0.1)


def test_items_are_hardly_of_models_that_few_titles_of_their_category_name():
    paths = {**PATHS, "sale": ["sale"], "radios": ["radios"], "small": ["lamps", "small"]}
    titles = [
        *asked("bikes", "lamps", 2),
        *asked("bikes", None, 200),
        *asked("sale", "lamps", 20),
        *asked("sale", "kettles", 40),
        *asked("sale", None, 40),
        *asked("lamps", None, 200),
    ]
    habits = Habits.of([], paths, Kin.of(titles, {}))

    assert habits.may_be_of("bikes", "lamps") < 0.01
    assert habits.may_be_of("bikes", "kettles") < 0.01
    assert habits.may_be_of("sale", "lamps") > 0.99
    assert habits.may_be_of("lamps", "small") == habits.may_be_of("lamps", "lamps") == 1.0
    assert habits.may_be_of("radios", "lamps") == 1.0  # no title was asked
    assert habits.may_be_of(None, "lamps") == habits.may_be_of("bikes", None) == 1.0


def test_what_a_shop_sells_of_other_makers_says_nothing_of_models_of_one():
    titles = [
        *asked("shop", "lamps", 5, maker="acme"),
        *asked("shop", None, 200, maker="nord"),
        *asked("bikes", "lamps", 2, maker="acme"),
        *asked("bikes", "lamps", 1),
        *asked("bikes", None, 200, maker="acme"),
    ]
    kin = Kin.of(titles, {"lamps": {"acme"}})
    habits = Habits.of([], {**PATHS, "shop": ["shop"]}, kin)

    assert habits.may_be_of("shop", "lamps", "acme") > 0.99
    assert habits.may_be_of("shop", "lamps") > 0.99
    assert habits.may_be_of("shop", "lamps", "nord") < 0.01
    assert habits.may_be_of("bikes", "lamps", "acme") < 0.01
    assert habits.may_be_of("bikes", "lamps") < 0.01


def test_a_person_says_of_what_a_category_has_it_and_of_what_it_has_not():
    rows = [
        said("bikes", "wheel", 40),
        *(said(one, "colour", 40, source="south") for one in ("lamps", "kettles")),
    ]
    yes = said("televisions", "wheel", 1, source=PEOPLE)
    no = said("televisions", "wheel", 0, source=PEOPLE, refused=3)
    elsewhere = said("televisions", "colour", 50, source=PEOPLE)
    so_far = Habits.of(rows, PATHS).likely("televisions", "wheel")

    assert Habits.of([*rows, yes], PATHS).likely("televisions", "wheel") > 0.9
    assert Habits.of([*rows, no], PATHS).likely("televisions", "wheel") < so_far
    told = said("bikes", "wheel", 1, source=PEOPLE)
    silent = Habits.of([*rows, told, elsewhere], PATHS).likely("televisions", "wheel")
    assert silent == pytest.approx(so_far, abs=0.1)
