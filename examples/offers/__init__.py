"""What `make_offers.py` is made of: phones, shops, wording, titles and prices."""
