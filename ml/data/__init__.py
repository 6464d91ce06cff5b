"""From a snapshot to tensors."""
