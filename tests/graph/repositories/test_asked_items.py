"""How Neo4j finds the items that a question speaks of."""

import pytest

from graph.filters import bind, parse
from graph.repositories.answers import aggregate, items, ranked
from graph.repositories.asked_items import Scope
from tests.graph.repositories.conftest import plan, store
from tests.graph.repositories.stock import PARAMETERS

pytestmark = pytest.mark.neo4j


@pytest.mark.parametrize("kind", ["product", "model"])
@pytest.mark.parametrize("expression", ["brand:acme", "category:electronics", "category:tools"])
def test_a_brand_or_category_is_read_from_its_index(database, kind, expression):
    store(database)
    scope = Scope(kind, bind(parse(expression), PARAMETERS))

    for query in (items(scope, ["ram"], limit=5), aggregate(scope, "ram", "average")):
        names = plan(database.connection, query.text, query.parameters)

        assert "NodeIndexSeek" in names
        assert not names & {"AllNodesScan", "NodeByLabelScan"}


@pytest.mark.parametrize("kind", ["product", "model"])
def test_the_same_items_are_found_from_their_values_as_from_their_category(database, kind):
    store(database)
    filter = bind(parse("category:electronics ram>=8GB"), PARAMETERS)

    walked = items(Scope(kind, filter), ["ram"], limit=5)
    begun = items(Scope(kind, filter, from_values=True), ["ram"], limit=5)

    assert [query.text.startswith("MATCH (v:Value)") for query in (walked, begun)] == [False, True]
    (found,) = database.read(begun.text, begun.parameters)
    assert [found] == database.read(walked.text, walked.parameters)
    assert found["total"]


@pytest.mark.parametrize("expression", ["", "has:nfc", "has:ram -ram<4GB", "has:ram -ram:4GB"])
@pytest.mark.parametrize("kind", ["product", "model"])
def test_the_first_by_a_number_are_those_of_all_that_pass(database, kind, expression):
    store(database)
    scope = Scope(kind, bind(parse(expression), PARAMETERS))

    (passing,) = database.read(*_statement(items(scope, ["display"], limit=50)))
    (first,) = database.read(*_statement(ranked(scope, "display", "highest", 50, (), limit=50)))

    numbered = {row[0] for row in passing["rows"] if any(fact[0] == "display" for fact in row[3])}
    assert {row[0] for row in first["rows"]} >= numbered
    assert {row[0] for row in first["rows"]} <= {row[0] for row in passing["rows"]}
    assert numbered


def test_a_list_of_thousands_is_answered_whole(database):
    made = "UNWIND range(1, $models) AS n CREATE (:Model {id: 'acme-' + n, name: 'Acme ' + n})"
    database.write(made, models=6_000)

    query = items(Scope("model"), [], limit=10_000)
    (found,) = database.read(query.text, query.parameters)

    assert found["total"] == len(found["rows"]) == 6_000
    assert found["rows"] == sorted(found["rows"], key=lambda row: row[1])


def _statement(query):
    return query.text, query.parameters
