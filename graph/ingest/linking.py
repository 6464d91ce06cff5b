"""Names to the entities that the graph knows: `三星` and `SAMSUNG` are one brand."""

from __future__ import annotations

from collections.abc import Iterable

from graph.errors import ValueInvalid
from graph.records import Named
from graph.text import brand_id, clean_text, slug


class BrandNames:
    """Brands by every name they go by. A name that two of them share decides nothing."""

    def __init__(self, brands: Iterable[Named] = ()) -> None:
        self._by_name: dict[str, Named | None] = {}
        for brand in brands:
            self.add(brand)

    def add(self, brand: Named) -> None:
        for name in (brand.name, *brand.names):
            key = slug(name)
            known = self._by_name.setdefault(key, brand)
            if known is not None and known.id != brand.id:
                owners = [each for each in (known, brand) if each.id == key]
                self._by_name[key] = owners[0] if owners else None

    def find(self, name: str) -> Named | None:
        return self._by_name.get(slug(name))

    def named(self, name: str) -> Named:
        """The brand that goes by `name`, or a new one; `names` is how it was written here.

        Raises:
            ValueInvalid: `name` is blank.
        """
        cleaned = clean_text(name)
        if not cleaned:
            raise ValueInvalid(value=name, reason="a brand needs a name; this one is empty")
        known = self.find(cleaned)
        if known is None:
            new = Named(id=brand_id(cleaned), name=cleaned, names=(cleaned,))
            self.add(new)  # so that a second run, which knows it, finds every row unchanged
            return new
        return Named(id=known.id, name=known.name, names=(cleaned,))
