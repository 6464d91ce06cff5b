"""The first load of millions of rows: files for `neo4j-admin database import`, and its run."""
