"""Named entities in titles of any language, found character by character."""
