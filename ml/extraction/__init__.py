"""Attribute values out of texts, learnt from labelled texts."""
