"""The Cypher that writes items; the labels in braces come from `graph.schema`.

Whatever writes a node or an edge that begins at it sets the node's `updated_at` by the server's
clock, in the same transaction: exports find by it what has changed (`repositories.exporting`).
"""

from __future__ import annotations

from collections.abc import Mapping

from graph.records import ItemKind
from graph.schema import Label

LABELS: Mapping[ItemKind, Label] = {"product": Label.PRODUCT, "model": Label.MODEL}

# A product has one source; a model may be described by several, so it keeps a hash of each.
UNCHANGED: Mapping[ItemKind, str] = {
    "product": "n.content_hash = row.hash",
    "model": "row.hash IN n.content_hashes",
}
HASH_PROPERTY: Mapping[ItemKind, str] = {"product": "content_hash", "model": "content_hashes"}
HASH: Mapping[ItemKind, str] = {
    "product": "n.content_hash = row.hash",
    "model": (
        "n:Entity, n.content_hashes = [hash IN coalesce(n.content_hashes, []) "
        "WHERE NOT hash STARTS WITH $source + '='] + row.hash, "
        # What was learnt stays; what the catalog says itself is no longer learnt.
        "n.names = row.properties.names + "
        "[name IN coalesce(n.learnt_names, []) WHERE NOT name IN row.properties.names], "
        "n.learnt_names = [name IN n.learnt_names WHERE NOT name IN row.properties.names]"
    ),
}

COMPARE = """
UNWIND $rows AS row
OPTIONAL MATCH (n:{label} {{id: row.id}})
RETURN row.id AS id,
       CASE WHEN n IS NULL THEN 'created' WHEN {unchanged} THEN 'unchanged' ELSE 'updated' END
       AS outcome
"""

# `fresh` is decided under the node's lock: of two writers that both found no item, the second
# waits here and finds the first one's. A model that only offers have named is fresh, too, as long
# as nobody has said anything of it.
MERGE_ITEMS = """
UNWIND $rows AS row
MERGE (n:{label} {{id: row.id}})
ON CREATE SET n.first_seen = $now
WITH row, n,
  n.{hash_property} IS NULL AND NOT EXISTS {{ (n)-[:HAS_PARAMETER]->() }} AS fresh
SET n += row.properties, n.last_seen = $now, n.updated_at = datetime(), {hash}
WITH row, fresh WHERE fresh
RETURN row.id AS id
"""

MERGE_PARAMETERS = """
UNWIND $rows AS row
MERGE (p:Parameter {id: row.id})
ON CREATE SET p.name = row.name, p.kind = row.kind, p.unit = row.unit, p.names = row.names,
              p.decimals = row.decimals, p.updated_at = datetime()
WITH p, [name IN row.names WHERE NOT name IN p.names] AS missing WHERE size(missing) > 0
SET p.names = p.names + missing, p.updated_at = datetime()
"""

# Two writers may declare one parameter at the same time and differently: the first one holds.
PARAMETER_CONFLICTS = """
UNWIND $rows AS row
MATCH (p:Parameter {id: row.id})
WHERE p.kind <> row.kind OR coalesce(p.unit, '') <> coalesce(row.unit, '')
RETURN p.id AS id, p.kind AS kind, p.unit AS unit LIMIT 1
"""

MERGE_NAMED = """
UNWIND $rows AS row
MERGE (n:{label}:Entity {{id: row.id}})
ON CREATE SET n.name = row.name, n.names = row.names, n.updated_at = datetime()
WITH n, row, [name IN row.names WHERE NOT name IN n.names] AS missing
WHERE size(missing) > 0 OR any(name IN n.learnt_names WHERE name IN row.names)
SET n.names = n.names + missing, n.updated_at = datetime(),
    n.learnt_names = [name IN n.learnt_names WHERE NOT name IN row.names]
"""

MERGE_SUBCATEGORIES = """
UNWIND $rows AS row
MATCH (child:Category {id: row.child})
MATCH (parent:Category {id: row.parent})
MERGE (child)-[r:SUBCATEGORY_OF]->(parent)
ON CREATE SET r.origin = 'catalog', r.status = 'accepted', r.confidence = 1.0,
              r.source = $source, r.run = $run, r.valid_from = $now,
              child.updated_at = datetime()
"""

MERGE_VALUES = """
UNWIND $rows AS row
MERGE (v:Value {id: row.id})
ON CREATE SET v:Entity, v.parameter = row.parameter, v.text = row.text, v.names = [row.text],
              v.number = row.number, v.unit = row.unit, v.updated_at = datetime()
WITH v, row
MATCH (p:Parameter {id: row.parameter})
MERGE (v)-[:VALUE_OF]->(p)
"""

# {link} is CREATE for items that nobody has written before, MERGE for the others.
LINK_FACTS = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})
UNWIND row.facts AS fact
MATCH (v:Value {{id: fact.value}})
{link}
RETURN count(*) AS linked
"""

LINK_NAMED = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})
MATCH (target:{target} {{id: row.target}})
{link}
RETURN count(*) AS linked
"""

CLOSE_FACTS = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})-[old:HAS_PARAMETER]->(v:Value)
WHERE old.origin = 'catalog' AND old.source = $source AND NOT v.id IN row.values
CREATE (n)-[past:HAD_PARAMETER]->(v)
SET past = properties(old), past.valid_to = $now, past.ended_by = $run
DELETE old
"""

# What was read from the texts is read again: they may have changed, and a catalog stands higher.
UNLINK_NAMED = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})-[old:{type}]->(target)
WHERE old.origin IN ['extracted', 'predicted']
   OR (old.origin = 'catalog' AND old.source = $source
       AND (row.target IS NULL OR target.id <> row.target))
DELETE old
"""

# With the time, or the index of both is not used.
DELETE_ITEM = """
MATCH (n:{label} {{id: $id}})
OPTIONAL MATCH (o:Observation {{product: $id}}) WHERE o.at IS NOT NULL
WITH n, collect(o) AS observations
FOREACH (o IN observations | DETACH DELETE o)
DETACH DELETE n
CREATE (:Deletion {{label: '{label}', item: $id, at: datetime()}})
RETURN count(*) AS deleted
"""

_FACT_PROPERTIES = (
    "origin: 'catalog', status: 'accepted', confidence: 1.0, source: $source, "
    "run: $run, valid_from: $now"
)
_KEY = "origin: 'catalog', source: $source"
_ON_CREATE = "r.status = 'accepted', r.confidence = 1.0, r.run = $run, r.valid_from = $now"


def link(type: str, target: str, *, fresh: bool, evidence: str) -> str:
    if fresh:
        return f"CREATE (n)-[r:{type} {{{_FACT_PROPERTIES}, evidence: {evidence}}}]->({target})"
    return (
        f"MERGE (n)-[r:{type} {{{_KEY}}}]->({target}) "
        f"ON CREATE SET {_ON_CREATE}, r.evidence = {evidence}"
    )


# Setting a property locks: of two writers the second compares with what the first has left.
# A price or stock that never changed stands on the product alone, so that a first load costs no
# second node; the first change writes down what was before it, too.
# What was so before the first change is of the run that made the item, which its first facts name.
OBSERVE = """
UNWIND $rows AS row
MATCH (n:Product {id: row.id})
SET n.locked = true REMOVE n.locked
WITH n, row
WHERE coalesce(n.price, -1) <> coalesce(row.price, -1)
   OR coalesce(n.currency, '') <> coalesce(row.currency, '')
   OR coalesce(toString(n.in_stock), '') <> coalesce(toString(row.in_stock), '')
WITH n, row,
     (n.price IS NOT NULL OR n.in_stock IS NOT NULL)
     AND NOT EXISTS { MATCH (o:Observation {product: n.id}) WHERE o.at IS NOT NULL } AS begins
FOREACH (made_by IN CASE WHEN begins THEN
    [head([(n)-[r]->() WHERE r.source = n.source AND r.valid_from = n.first_seen | r.run])]
    ELSE [] END |
  CREATE (:Observation {product: n.id, at: n.first_seen, price: n.price, currency: n.currency,
                        in_stock: n.in_stock, run: made_by}))
CREATE (:Observation {product: n.id, at: $now, price: row.price, currency: row.currency,
                      in_stock: row.in_stock, run: $run})
"""

# Statements of one parameter contradict each other when two of those who make them have no value
# in common: one may know more colours than the other, but not others alone.
CONTEST = """
UNWIND $ids AS id
MATCH (n:{label} {{id: id}})
CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v) WHERE r.status = 'accepted'
  WITH v.parameter AS parameter, r.origin AS origin, r.source AS source, collect(v.id) AS said
  WITH parameter, collect(said) AS sides
  WHERE any(i IN range(0, size(sides) - 2) WHERE
          any(j IN range(i + 1, size(sides) - 1) WHERE none(x IN sides[i] WHERE x IN sides[j])))
  RETURN count(*) > 0 AS contested
}}
SET n.contested = CASE WHEN contested THEN true END
"""
