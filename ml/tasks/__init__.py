"""Pretraining tasks: what an encoder can learn from a graph that nobody has labelled."""
