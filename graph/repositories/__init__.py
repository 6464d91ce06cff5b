"""All Cypher, behind classes that speak of items, vocabulary and counts."""
