"""Facts that an item does not state, from what it does: named, with a confidence, or left open."""
