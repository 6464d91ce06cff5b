"""Counts of nodes and relationships; fake and real alike."""

import pytest

from graph.repositories.stats import COUNTS
from tests.graph.repositories.conftest import plan

pytestmark = pytest.mark.anyio


async def test_the_counts_are_those_of_the_catalog(reads):
    stats = await reads.stats.counts()

    assert {name: count for name, count in stats.nodes.items() if count} == {
        "Product": 4,
        "Model": 2,
        "Brand": 2,
        "Category": 4,
        "Parameter": 4,
        "Value": 7,
        "Entity": 15,
    }
    assert {name: count for name, count in stats.relationships.items() if count} == {
        "MADE_BY": 4,
        "BELONGS_TO": 4,
        "INSTANCE_OF": 3,
        "SUBCATEGORY_OF": 2,
        "HAS_PARAMETER": 9,
        "VALUE_OF": 7,
    }
    assert stats.nodes["Shopper"] == 0


async def test_the_counts_come_from_the_count_store(database):
    operators = plan(database.connection, COUNTS)

    assert "NodeCountFromCountStore" in operators
    assert not operators & {"AllNodesScan", "NodeByLabelScan", "DirectedRelationshipTypeScan"}
