"""Training: one loop, its checkpoints and journal, and the recipes it is given."""
