"""HTTP: one router and its models per file."""
