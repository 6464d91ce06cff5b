"""Networks: what turns nodes, texts and pairs of them into vectors and scores."""
