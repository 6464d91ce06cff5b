"""Text to what the graph knows: which words name its values and brands, by rules alone."""
