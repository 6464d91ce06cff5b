"""What a shopper takes next, learnt from sequences of items and from what is known of the items."""
