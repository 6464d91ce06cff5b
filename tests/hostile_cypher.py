"""Cypher that must not get through, and a generator of more: seeded, so that a find comes back."""

import random

# What the text alone is refused for, and a word of the reason.
BY_TEXT = {
    "a file": ("LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l", "LOAD CSV"),
    "an address": ("LOAD CSV FROM 'http://127.0.0.1:1/x' AS l RETURN l", "LOAD CSV"),
    "a file in a comprehension, which no plan shows": (
        "RETURN [x IN [1] | COUNT { LOAD CSV FROM 'file:///x' AS l RETURN l }] AS x",
        "LOAD CSV",
    ),
    "a comment between the words": ("LOAD /* c */ CSV FROM 'x' AS l RETURN l", "LOAD CSV"),
    "a comment that ends at a carriage return": ("// c\rLOAD CSV FROM 'x' AS l RETURN l", "LOAD"),
    "white space that Python does not know": ("LOAD\u180eCSV FROM 'x' AS l RETURN l", "LOAD"),
    "an escaped letter": ("\\u004cOAD CSV FROM 'x' AS l RETURN l", "is not taken"),
    "an escape that ends a comment": ("/* \\u002a\\u002f CALL db.ping() // */", "is not taken"),
    "an escape that ends a string": ("RETURN '\\u0027 AS x //'", "is not taken"),
    "a connection": ("CALL dbms.killConnection('bolt-1')", "dbms.killConnection"),
    "the users' passwords": ("call dbms.changePassword('x')", "dbms.changePassword"),
    "a procedure in backticks": ("CALL `db`.`stats`.`clear`()", "backticks"),
    "a procedure in a subquery": ("CALL () { CALL db.ping() YIELD success RETURN 1 AS x } RETURN x",
                                  "db.ping"),
    "a procedure in a comprehension": (
        "RETURN [x IN [1] | EXISTS { CALL dbms.listConfig() YIELD name RETURN name }] AS x",
        "dbms.listConfig",
    ),
    "a procedure with spaces": ("OPTIONAL CALL db . clearQueryCaches ()", "db.clearQueryCaches"),
    "a function of a plugin": ("RETURN genai.vector.encode('x', 'OpenAI') AS x", "genai"),
    "a function in backticks": ("RETURN `apoc`.`cypher`.run('CREATE (n)') AS x", "function"),
    "another database": ("USE system RETURN 1 AS x", "USE"),
    "another database in a subquery": ("CALL () { USE system RETURN 1 AS x } RETURN x", "USE"),
    "another database behind options": ("CYPHER 25 USE system RETURN 1 AS x", "USE"),
    "an option": ("CYPHER runtime=slotted RETURN 1 AS x", "CYPHER"),
    "an option behind a version": ("CYPHER 25 planner=dp RETURN 1 AS x", "planner"),
    "a profile": ("/* c */ PROFILE RETURN 1 AS x", "PROFILE"),
    "a string without an end": ("RETURN 'x AS x", "never closed"),
    "100 kB": (f"RETURN '{'x' * 100_000}' AS x", "characters"),
    "nested parentheses": (f"RETURN {'(' * 1_000}1{')' * 1_000} AS x", "nested"),
    "nested lists": (f"RETURN {'[' * 101}{']' * 101} AS x", "nested"),
    "nested subqueries": ("CALL () { " * 11 + "RETURN 1 AS x" + " } RETURN x" * 11, "nested"),
    "nested cases": ("RETURN " + "CASE WHEN true THEN " * 400 + "1" + " END" * 400, "CASE"),
    "negations": (f"RETURN {'NOT ' * 400}true AS x", "NOT"),
    "a long sum": (f"RETURN {'+'.join('1' * 600)} AS x", "operators"),
    "many labels": (f"MATCH (n{':A' * 3_000}) RETURN n", "operators"),
    "a long path": (f"MATCH {'--'.join(['()'] * 300)} RETURN 1 AS x", "operators"),
    "many clauses": ("WITH 'a' AS s " + "WITH s+s AS s " * 200 + "RETURN size(s)", "clauses"),
    "a range": ("RETURN [x IN range(0, 1000000000) | x] AS x", "1,000,000,001 values"),
    "ranges of ranges": (
        "RETURN [x IN range(1, 100000) | [y IN range(1, 100000) | y]] AS x",
        "10,000,000,000 values",
    ),
    "a range in steps": ("RETURN reduce(a = 0, x IN range(0, -0x7fffffff, -1) | a) AS x", "values"),
}  # fmt: skip

# What only the server understands: by its plan, or by the mode of the session.
BY_PLAN = {
    "creating": "CREATE (n:Hostile) RETURN n",
    "inserting": "CYPHER 25 INSERT (n:Hostile)",
    "merging": "MERGE (n:Hostile) RETURN n",
    "setting": "MATCH (n) SET n.hostile = 1 RETURN n",
    "setting all": "MATCH (n) SET n = {} RETURN n",
    "labelling": "MATCH (n) SET n:Hostile RETURN n",
    "removing": "MATCH (n) REMOVE n.id RETURN n",
    "deleting": "MATCH (n) DETACH DELETE n",
    "a loop": "FOREACH (x IN [1] | CREATE (:Hostile))",
    "writing in a subquery": "CALL () { CREATE (n:Hostile) RETURN n } RETURN n",
    "transactions": "UNWIND [1] AS x CALL (x) { CREATE (:Hostile) } IN TRANSACTIONS",
    "reading in transactions": (
        "UNWIND [1] AS x CALL (x) { RETURN 1 AS y } IN TRANSACTIONS RETURN y"
    ),
    "an index": "CREATE INDEX hostile FOR (n:Hostile) ON (n.x)",
    "no index": "DROP INDEX product_id IF EXISTS",
    "a constraint": "CREATE CONSTRAINT hostile FOR (n:Hostile) REQUIRE n.x IS UNIQUE",
    "a user": "CREATE USER hostile SET PASSWORD 'hostile-1'",
    "our own password": "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'hostile-1'",
    "users": "SHOW USERS",
    "settings": "SHOW SETTINGS YIELD name, value",
    "transactions of others": "SHOW TRANSACTIONS",
    "the end of others": "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "databases": "SHOW DATABASES",
}

# What is wrong: the query, the position that is told.
WRONG = {
    "RETRUN 1": "line 1, column 1: Invalid input 'RETRUN'",
    "\nMATCH (n)\n  RETURN m": "line 3, column 10: Variable `m` not defined",
    "RETURN 1 AS x; RETURN 2 AS y": "exactly one statement",
    "RETURN $x AS x": "x",
    "RETURN 1 / 0 AS x": "/ by zero",
    "RETURN date('no date') AS x": "no date",
    "// nothing": "Unexpected end of input",
    ";": "line 1, column 1",
}

# What reads, and would read for ever; the limit is on the server's side.
ENDLESS = {
    "rows": "UNWIND range(1, 10000000) AS x UNWIND $few AS y WITH x, y WHERE x < y - 9 RETURN x",
    "paths": "UNWIND $many AS x UNWIND $many AS y UNWIND $many AS z WITH * WHERE x > 1 RETURN x",
}

# Lists in expressions obey no limit, and here the text does not say how long they are.
RUNAWAY = "RETURN any(x IN range(1, $n) WHERE x < 0) AS x"

_VALUES = ("1", "'a'", "null", "[1,2]", "{a: 1}", "$p", "n", "n.id", "range(0, 9)", "date()", "1.5")
_READS = (
    "MATCH (n:Product) WITH n LIMIT 3",
    "MATCH (n)-[r]-(m) WITH n LIMIT 3",
    "OPTIONAL MATCH (n:Nothing)",
    "MATCH p = (n)-[*1..2]-() WITH n LIMIT 2",
    "UNWIND [1, 2] AS n",
    "WITH 1 AS n",
)
_EVIL = (
    *(text for text, _ in BY_TEXT.values() if len(text) < 200),
    *BY_PLAN.values(),
    "CREATE (:Hostile)",
    "SET n.hostile = 1",
    "DETACH DELETE n",
    "CALL db.createLabel('Hostile')",
    "CALL dbms.upgrade()",
    "LOAD CSV WITH HEADERS FROM $p AS l",
)
_JOINTS = (" ", "\n", "\t", " /* c */ ", "//c\n", "//c\r", ";", "\u00a0", "\u2028", "'", '"', "`",
           "\x00", "{", "}", "(", ")", " UNION ", " NEXT ", "\\u0020", "*/", "--")  # fmt: skip


class HostileCypher:
    """Queries of clauses, expressions and attacks, whole or damaged; the same for the same seed."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def query(self):
        kind = self._random.random()
        if kind < 0.35:
            text = self._hidden()
        elif kind < 0.7:
            text = f"{self._pick(_READS)} RETURN {self._expression(3)} AS x LIMIT 3"
        else:
            text = self._pick(_READS) + self._pick(_JOINTS) + self._pick(_EVIL)
        return self._damaged(text) if self._random.random() < 0.4 else text

    def parameters(self):
        return {"p": self._pick((1, "x", "file:///etc/passwd", None, [1] * 50, {"a": {"b": []}}))}

    def _hidden(self):
        """An attack where a reader does not look."""
        evil = self._pick(_EVIL)
        places = (
            "CALL () {{ {} }} RETURN 1 AS x",
            "RETURN [x IN [1] | COUNT {{ {} }}] AS x",
            "MATCH (n) WHERE EXISTS {{ {} }} RETURN n LIMIT 1",
            "RETURN CASE WHEN COLLECT {{ {} }} = [] THEN 1 END AS x",
            "RETURN reduce(a = 0, x IN [1] | a + COUNT {{ {} }}) AS x",
            "RETURN 1 AS x UNION {}",
            "RETURN 1 AS x; {}",
            "/* RETURN 1 */ {}",
            "EXPLAIN {}",
            "CYPHER 25 WHEN true THEN {} ELSE RETURN 1 AS x",
            "{} RETURN 1 AS x",
            "WITH 1 AS n {}",
        )
        return self._pick(places).format(evil)

    def _expression(self, depth):
        if depth == 0:
            return self._pick(_VALUES)
        one, other = self._expression(depth - 1), self._expression(depth - 1)
        forms = (
            f"[x IN {one} | {other}]",
            f"reduce(a = {one}, x IN {other} | a + x)",
            f"({one} {self._pick(('+', '*', '=', 'IN', 'AND', '=~', '||'))} {other})",
            f"coalesce({one}, {other})",
            f"replace({one}, {other}, 'aa')",
            f"CASE WHEN {one} = {other} THEN 1 ELSE {one} END",
            f"{{a: {one}, b: {other}}}",
            f"toString({one})",
            f"range({one}, {other})",
            f"COUNT {{ MATCH (m) WHERE m.id = {one} }}",
            f"split({one}, {other})",
        )
        return self._pick(forms)

    def _damaged(self, text):
        place = self._random.randrange(len(text) + 1)
        if self._random.random() < 0.5:
            return text[:place] + self._pick(_JOINTS) + text[place:]
        return text[:place] + text[place + self._random.randrange(1, 6) :]

    def _pick(self, choices):
        return self._random.choice(choices)
