"""PriceRunner's offers as the files that `catalograph evaluate` reads, divided by product.

`python -m benchmarks.offer_files FOLDER` writes `fit.csv` and `choice.csv` to choose settings by,
`train.csv` that is both of them, and `held-out.csv`, which is to be scored once. No two of the
parts share a cluster, a title, a label, or a label without its variant.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

from benchmarks.offers import data_folder, rows_of_parts

SEED = 11  # of what docs/search.md reports


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    parts = rows_of_parts(data_folder() / "pricerunner" / "offers.csv.gz", options.seed)
    files = {
        "fit": parts["train"],
        "choice": parts["choice"],
        "train": sorted([*parts["train"], *parts["choice"]], key=_place),
        "held-out": parts["held-out"],
    }
    for name, rows in files.items():
        path = options.folder / f"{name}.csv"
        _write(path, rows)
        print(f"{path}: {len(rows):,} offers, {len({row['cluster_id'] for row in rows}):,} things")


def _place(row: dict[str, str]) -> int:
    return int(row["product_id"])


def _write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
