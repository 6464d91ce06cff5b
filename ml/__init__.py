"""Learning from the graph; nothing here yet knows more than its columns."""
