"""Dumps and drafts into items: readers, mapping, pipeline."""
