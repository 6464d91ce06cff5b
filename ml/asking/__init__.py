"""Questions to what is asked of the graph: words, spans, plans, and the sentences of answers."""
