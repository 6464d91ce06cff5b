"""Files of offers as titles with their categories."""

from __future__ import annotations

from pathlib import Path

from ml.categories.records import LabelledTitle
from ml.categories.terms import words_of
from ml.errors import OffersInvalid
from ml.linking.offers import CATEGORY, LABEL, TITLE, rows_of

COLUMNS = (TITLE, CATEGORY)


def read_titles(path: Path, *, to_judge_by: bool = False) -> list[LabelledTitle]:
    """Every row of a CSV file, plain or gzip, that has a category and a word in its title.

    To judge by, titles without a word count as well: they are asked about. Titles of one
    `cluster_label` are one product; where the column is missing, equal titles are.

    Raises:
        OffersInvalid: the file cannot be read, lacks a column, or has no such row.
    """
    titles = []
    for row in rows_of(path, COLUMNS, {LABEL}):
        title, category = row[TITLE].strip(), row[CATEGORY].strip()
        if category and (to_judge_by or words_of(title)):
            group = (row.get(LABEL) or "").strip() or title.casefold()
            titles.append(LabelledTitle(title, category, group))
    if not titles:
        raise OffersInvalid(
            path=path, reason="has no row with a title and a category", columns=COLUMNS
        )
    return titles
