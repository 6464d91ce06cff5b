"""What a title offers, told apart from what that is made for: a case from the phone it fits."""
