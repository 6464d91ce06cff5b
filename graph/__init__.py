"""The product graph in Neo4j: model, ingestion, queries, migrations, and a server of our own."""
