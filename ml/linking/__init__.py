"""Linking: which model of a reference catalogue a text names, or that it names none."""
