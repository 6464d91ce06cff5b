"""The Cypher that writes what models state; the labels in braces come from `graph.schema`.

A fact of a model has, beside what every fact has, `model` (empty where it names none), `quote` (the
text that is its evidence) and, as long as it is proposed, `proposal` and `teaches`, by which the
review list finds it. `facts_at` on the item says when they changed last: vectors made of the item
before are out of date.
"""

from __future__ import annotations

_FIND = """
OPTIONAL MATCH (product:Product {id: row.id})
OPTIONAL MATCH (model:Model {id: row.id})
WITH row, coalesce(product, model) AS n WHERE n IS NOT NULL
"""
# Setting a property locks until the transaction ends: of two writers the second compares with what
# the first has left. In the order of the ids, so that they do not wait for each other.
LOCK = f"""
UNWIND $rows AS row
{_FIND}
SET n.locked = true REMOVE n.locked
RETURN count(n) AS items
"""
# Statements travel as lists in the order of `Standing`, texts only where a fact quotes them.
STANDING = f"""
UNWIND $rows AS row
{_FIND}
CALL (n, row) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v)
  WHERE v.parameter IN row.parameters OR (row.read AND r.origin = 'extracted')
  RETURN collect([v.parameter, v.id, r.origin, r.status, r.confidence, r.evidence, r.model, false])
    AS own
}}
CALL (n, row) {{
  MATCH (n)-[i:INSTANCE_OF]->(:Model)-[r:HAS_PARAMETER]->(v)
  WHERE i.status <> 'rejected' AND r.status = 'accepted' AND v.parameter IN row.parameters
  RETURN collect([v.parameter, v.id, r.origin, r.status, r.confidence, r.evidence, r.model, true])
    AS inherited
}}
RETURN n.id AS id, CASE WHEN n:Product THEN 'product' ELSE 'model' END AS kind,
  CASE WHEN 'title' IN row.fields THEN coalesce(n.title, n.name) END AS title,
  CASE WHEN 'description' IN row.fields THEN n.description END AS description, own, inherited
"""
STATE = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})
UNWIND row.facts AS fact
MATCH (v:Value {{id: fact.value}})
CREATE (n)-[r:HAS_PARAMETER {{origin: fact.origin, valid_from: $now}}]->(v)
SET r += fact.properties
"""
RESTATE = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})
UNWIND row.facts AS fact
MATCH (n)-[r:HAS_PARAMETER]->(v:Value {{id: fact.value}}) WHERE r.origin = fact.origin
SET r += fact.properties
"""
_END = """
FOREACH (_ IN CASE WHEN old.status = 'accepted' THEN [1] ELSE [] END |
  CREATE (n)-[past:HAD_PARAMETER]->(v)
  SET past = properties(old), past.valid_to = $now, past.ended_by = $run)
DELETE old
"""
# What counted moves to the past; what was only proposed leaves no trace.
END = f"""
UNWIND $rows AS row
MATCH (n:{{label}} {{{{id: row.id}}}})
UNWIND row.facts AS fact
MATCH (n)-[old:HAS_PARAMETER]->(v:Value {{{{id: fact.value}}}}) WHERE old.origin = fact.origin
{_END}
"""
TOUCH = """
UNWIND $ids AS id
MATCH (n:{label} {{id: id}})
SET n.updated_at = datetime(), n.facts_at = datetime()
"""
# Facts whose quote is not where it was read.
LOST_QUOTES = """
UNWIND $ids AS id
MATCH (n:{label} {{id: id}})-[r:HAS_PARAMETER]->(v) WHERE r.quote IS NOT NULL
WITH n, r, v, split(r.evidence, ':') AS place
WITH n, r, v, toInteger(split(place[1], '-')[0]) AS start,
  CASE place[0] WHEN 'title' THEN coalesce(n.title, n.name) ELSE n.description END AS text
WHERE coalesce(substring(text, start, size(r.quote)) <> r.quote, true)
RETURN n.id AS id, v.id AS value, r.origin AS origin, r.evidence AS evidence, r.quote AS quote, text
"""
MOVE_EVIDENCE = """
UNWIND $rows AS row
MATCH (n:{label} {{id: row.id}})-[r:HAS_PARAMETER]->(v:Value {{id: row.value}})
WHERE r.origin = row.origin
SET r.evidence = row.evidence, r.quote = row.quote
"""
# Both properties are named, or the index of both is not used.
RETRACTED = """
MATCH (n)-[old:HAS_PARAMETER]->(v)
WHERE old.model {model} AND old.run {run} AND old.origin IN ['extracted', 'predicted']
WITH n, old, v LIMIT $limit
RETURN CASE WHEN n:Product THEN 'product' ELSE 'model' END AS kind, n.id AS id,
  collect({{value: v.id, origin: old.origin}}) AS facts
"""
# What a correction set aside: history tells that it ended then, and nothing puts it back.
RETRACTED_ASIDE = """
MATCH (n)-[decided:HAS_PARAMETER]->(v)
USING INDEX decided:HAS_PARAMETER(decided_at, proposal)
WHERE decided.decided_at IS NOT NULL AND decided.proposal IS NOT NULL
  AND decided.proposed_with IS NULL
MATCH (n)-[aside:HAD_PARAMETER]->(v)
WHERE aside.valid_to = decided.decided_at AND aside.ended_by = decided.run
  AND aside.model {model} AND aside.run {run} AND aside.origin IN ['extracted', 'predicted']
  AND aside.retracted_by IS NULL
WITH aside LIMIT $limit
SET aside.retracted_by = $ended
RETURN count(*) AS facts
"""
# Items that a run over texts reads: no catalog describes them, or something was read of them.
OF_TEXT = """
(NOT EXISTS { (n)-[:HAS_PARAMETER {origin: 'catalog'}]->() }
  OR EXISTS { (n)-[:HAS_PARAMETER {origin: 'extracted'}]->() }
  OR EXISTS { (n)-[:MADE_BY|BELONGS_TO {origin: 'extracted'}]->() }
  OR EXISTS { (n)-[:BELONGS_TO {origin: 'predicted'}]->() })
"""
COVERAGE = """
MATCH (n:Product) WHERE n.id > $after {and_source}
WITH n ORDER BY {in_order} LIMIT $limit
CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->() WHERE n.closed_at IS NULL
  RETURN collect([r.origin, r.status]) AS said
}}
WITH collect([n.id, n.closed_at IS NULL, said, n.closed_at IS NULL AND EXISTS {{
  MATCH (n)-[r:BELONGS_TO]->() WHERE r.status = 'accepted'
}}, n.closed_at IS NULL AND {of_text}]) AS items
CALL (items) {{
  UNWIND items AS item
  UNWIND item[2] AS said
  WITH said[0] AS origin, said[1] AS status, count(*) AS facts
  RETURN collect([origin, status, facts]) AS facts
}}
RETURN size([item IN items WHERE item[1]]) AS open,
  size([item IN items WHERE any(said IN item[2] WHERE said[1] = 'accepted')]) AS with_facts,
  size([item IN items WHERE item[3]]) AS with_category, size(items) AS passed,
  size([item IN items WHERE item[4]]) AS of_text,
  items[-1][0] AS last, facts
"""
