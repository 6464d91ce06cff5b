"""What texts call the things of a graph, learnt from items that a catalog describes."""
