"""Text of a catalog as vectors: tokenizer, encoder, and matching by words."""
