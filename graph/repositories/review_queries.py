"""The Cypher behind reviews; the labels in braces come from `graph.schema`."""

from __future__ import annotations

# Lists in the order of `OtherStatement`.
_MODEL = "CASE {}.model WHEN '' THEN null ELSE {}.model END"
_SAID = "o.origin, o.status, o.confidence, o.source, " + _MODEL.replace("{}", "o")
# Behind clauses that name an item `n`, its fact `r` and the value `v`. Columns are in the order of
# `ProposedFact`.
_SHOWN = f"""
CALL (n, r, v) {{
  MATCH (n)-[o:HAS_PARAMETER]->(w) WHERE w.parameter = v.parameter AND o <> r
  RETURN collect([w.id, w.text, w.number, w.unit, {_SAID}, false]) AS own
}}
CALL (n, v) {{
  MATCH (n)-[i:INSTANCE_OF]->(:Model)-[o:HAS_PARAMETER]->(w)
  WHERE i.status <> 'rejected' AND o.status = 'accepted' AND w.parameter = v.parameter
  RETURN collect([w.id, w.text, w.number, w.unit, {_SAID}, true]) AS inherited
}}
RETURN [r.proposal, CASE WHEN n:Product THEN 'product' ELSE 'model' END, n.id,
  coalesce(n.title, n.name), n.source, v.parameter,
  coalesce([(v)-[:VALUE_OF]->(p) | p.name][0], v.parameter), v.id, v.text, v.number, v.unit,
  r.origin, r.confidence, r.teaches, r.evidence, r.quote,
  {_MODEL.replace("{}", "r")}, r.run] AS fact, own + inherited AS others,
  r.teaches AS teaches, r.proposal AS proposal
"""
# The index holds them in this order; both of its columns are named, or it is not used.
_IN_ORDER = """
MATCH (n)-[r:HAS_PARAMETER]->(v) USING INDEX SEEK r:HAS_PARAMETER(teaches, proposal)
WHERE r.teaches <= $teaches AND r.proposal IS NOT NULL
  AND (r.teaches < $teaches OR r.proposal < $proposal)
WITH n, r, v ORDER BY r.teaches DESC, r.proposal DESC
"""
_CHOSEN = """
($parameter IS NULL OR v.parameter = $parameter) AND ($source IS NULL OR n.source = $source)
"""
PROPOSALS = f"""
{_IN_ORDER} LIMIT $window
WITH n, r, v WHERE n.closed_at IS NULL
  AND {_CHOSEN}
WITH n, r, v LIMIT $limit
{_SHOWN}
ORDER BY r.teaches DESC, r.proposal DESC
"""
END_OF_WINDOW = f"""
{_IN_ORDER} SKIP $last LIMIT 1
RETURN r.teaches AS teaches, r.proposal AS proposal
"""
_NEWEST_FIRST = """
MATCH (n)-[r:HAS_PARAMETER]->(v) USING INDEX SEEK r:HAS_PARAMETER(decided_at, proposal)
WHERE r.decided_at <= datetime($at) AND r.proposal IS NOT NULL
  AND (r.decided_at < datetime($at) OR r.proposal < $proposal)
WITH n, r, v ORDER BY r.decided_at DESC, r.proposal DESC
"""
# The value that a correction put in the place was not proposed, and stands with the one that was.
DECIDED = f"""
{_NEWEST_FIRST} LIMIT $window
WITH n, r, v WHERE r.proposed_with IS NOT NULL AND {_CHOSEN}
WITH n, r, v LIMIT $limit
RETURN r.proposal AS proposal, coalesce(n.title, n.name) AS title, v.parameter AS parameter,
  r.decision AS decision, r.corrected_to AS corrected_to, r.decided_by AS by,
  toString(r.decided_at) AS at
ORDER BY r.decided_at DESC, r.proposal DESC
"""
END_OF_DECIDED = f"""
{_NEWEST_FIRST} SKIP $last LIMIT 1
RETURN toString(r.decided_at) AS at, r.proposal AS proposal
"""
# Of an item and value there may be two, extracted and predicted: one answer is for both.
PROPOSAL = f"""
MATCH (n:{{label}} {{{{id: $item}}}})-[r:HAS_PARAMETER]->(v:Value {{{{id: $value}}}})
WHERE r.proposal IS NOT NULL AND r.teaches IS NOT NULL AND n.closed_at IS NULL
WITH n, r, v ORDER BY r.origin LIMIT 1
{_SHOWN.replace("{", "{{").replace("}", "}}")}
"""

LOCK = """
MATCH (n:{label} {{id: $item}})
SET n.locked = true REMOVE n.locked
RETURN n.closed_at IS NOT NULL AS closed
"""
# What is to be decided about, and what was; the statement of the highest standing first.
SAID = """
MATCH (n:{label} {{id: $item}})-[r:HAS_PARAMETER]->(v:Value {{id: $value}})
WHERE r.origin <> 'catalog'
RETURN r.origin AS origin, r.status AS status, r.decision AS decision,
  r.corrected_to AS corrected_to, r.decided_by AS by, toString(r.decided_at) AS at,
  coalesce(r.proposed_with, r.confidence) AS confidence, r.model AS model,
  r.evidence AS evidence, r.quote AS quote, v.parameter AS parameter,
  coalesce(n.title, n.name) AS title
ORDER BY CASE r.origin WHEN 'reviewed' THEN 0 WHEN 'extracted' THEN 1 ELSE 2 END
"""
# What models and persons say of a value that a correction puts in the place, whatever its status:
# kept for the case that the correction is taken back.
SET_ASIDE = """
MATCH (n:{label} {{id: $item}})-[old:HAS_PARAMETER]->(v:Value {{id: $value}})
WHERE old.origin <> 'catalog'
CREATE (n)-[past:HAD_PARAMETER]->(v)
SET past = properties(old), past.valid_to = $now, past.ended_by = $run
DELETE old
"""
# Unless somebody has decided about the value itself, or another correction says it as well.
TAKE_BACK = """
MATCH (n:{label} {{id: $item}})-[old:HAS_PARAMETER {{origin: 'reviewed'}}]->(v:Value {{id: $value}})
WHERE old.proposed_with IS NULL AND NOT EXISTS {{
  MATCH (n)-[other:HAS_PARAMETER {{origin: 'reviewed'}}]->() WHERE other.corrected_to = $value
}}
CALL (n, old, v) {{
  MATCH (n)-[aside:HAD_PARAMETER]->(v)
  WHERE aside.valid_to = old.decided_at AND aside.ended_by = old.run
    AND aside.retracted_by IS NULL
  CREATE (n)-[back:HAS_PARAMETER]->(v)
  SET back = properties(aside)
  REMOVE back.valid_to, back.ended_by
  DELETE aside
}}
CREATE (n)-[past:HAD_PARAMETER]->(v)
SET past = properties(old), past.valid_to = $now, past.ended_by = $run, v.updated_at = datetime()
DELETE old
"""
# What texts are read with is loaded again where a value was written, and learns from decisions.
DECIDE = """
MATCH (n:{label} {{id: $item}})
MATCH (v:Value {{id: $value}})
MERGE (n)-[r:HAS_PARAMETER {{origin: 'reviewed'}}]->(v)
ON CREATE SET r.valid_from = $now
SET r += $properties, r.confidence = 1.0, r.decided_at = $now, v.updated_at = datetime()
"""

# One label for each; the text of the item as it is now.
DECISIONS = """
MATCH (n)-[r:HAS_PARAMETER]->(v) USING INDEX SEEK r:HAS_PARAMETER(decided_at, proposal)
WHERE r.decided_at >= datetime($at) AND r.proposal IS NOT NULL
  AND (r.decided_at > datetime($at) OR r.proposal > $proposal)
WITH n, r, v ORDER BY r.decided_at, r.proposal LIMIT $limit
RETURN {item}, v.id AS value, v.parameter AS parameter, v.text AS text, v.number AS number,
  v.unit AS unit, CASE WHEN r.status = 'rejected' THEN 'rejected'
    WHEN r.proposed_with IS NULL THEN 'corrected' ELSE 'accepted' END AS decision,
  r.evidence AS evidence, CASE r.model WHEN '' THEN null ELSE r.model END AS model,
  r.proposed_with AS confidence,
  r.decided_by AS by, toString(r.decided_at) AS at, r.proposal AS proposal
ORDER BY r.decided_at, r.proposal
"""
