"""The embedded Neo4j in parts; the rest of the code uses `graph.server` only."""
