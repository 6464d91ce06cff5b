"""What texts call the things of a graph, learnt from items of which a catalog says what they are."""
