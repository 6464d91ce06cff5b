"""Categories as files of labels write them, as ids of the graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from graph.errors import ValueInvalid
from graph.ingest.items import category_path
from graph.records import Named
from graph.text import slug
from ml.errors import OffersInvalid


class CategoryTree:
    """The tree of a graph, with what files add to it.

    Attributes:
        paths: from the root to each category, by its id.
    """

    def __init__(self, paths: Mapping[str, tuple[Named, ...]]) -> None:
        self.paths = dict(paths)
        self._by_name: dict[str, set[str]] = defaultdict(set)
        for id, path in paths.items():
            for name in (path[-1].name, *path[-1].names):
                self._by_name[slug(name)].add(id)

    def id_of(self, label: str, file: Path) -> str:
        """Of a path such as `Home > Lanterns`, or of the one category that has this name.

        Raises:
            OffersInvalid: the label names no category.
        """
        try:
            path = category_path(label)
        except ValueInvalid as error:
            raise OffersInvalid(path=file, reason=error.reason) from error
        id = path[-1].id
        if id not in self.paths:
            named = self._by_name.get(slug(label), set())
            if len(named) == 1:
                return next(iter(named))
            self.paths[id] = path
        return id
