"""Measures, their intervals, and the report that every evaluation gives."""
