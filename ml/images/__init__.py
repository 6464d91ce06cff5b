"""Pictures of items: found in a folder, read with care, described by numbers."""
