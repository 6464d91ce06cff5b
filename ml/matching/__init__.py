"""Whether two items are the same product, with reasons, and which groups of items that makes."""
