"""Titles to categories, learnt from labels; that none fits is an answer."""
