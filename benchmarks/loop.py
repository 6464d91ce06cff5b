"""The loop closed, and what each of its directions brings.

    python -m benchmarks.loop read --catalog DUMPS... --mapping MAPPING.toml --offers OFFERS.csv \\
        --category "Mobile Phones" [--test]

`read`: titles of real offers, whose models are in a reference catalogue that is the gold. Families
of models are held out: neither the values' names and counts, nor the items that are asked for what
is plausible, nor the trust in readings come from them. Compared are reading each place by itself,
consistent reading, reading weighed once more from the text alone, and by what similar items have.

`learn`: the other direction. A catalogue that has half of the offers' families and as many other
models, and titles of offers that nothing else is known of: what rules read in them becomes facts of
products. Encoders are pretrained without these facts, with the accepted ones, with all, and with
what would be true, and embed offers of the held-out families by their title and half of their true
facts. Votes of the ten nearest models of the catalogue name the other half.

All is chosen on the families that are not held out, in five folds; the held-out ones are scored
with `--test`, once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from benchmarks.loop_learn import run_learn
from benchmarks.loop_read import run_read

RUNS: Mapping[str, Callable[[argparse.Namespace], dict[str, object]]] = {
    "read": run_read,
    "learn": run_learn,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("direction", choices=list(RUNS))
    parser.add_argument("--catalog", nargs="+", type=Path, required=True)
    parser.add_argument("--mapping", type=Path, required=True)
    parser.add_argument("--offers", type=Path, required=True)
    parser.add_argument("--category", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1], help="of the encoders")
    parser.add_argument("--test", action="store_true", help="score the held-out families, once")
    options = parser.parse_args()
    found = RUNS[options.direction](options)
    print(msgspec.json.format(msgspec.json.encode(found, enc_hook=float), indent=2).decode())


if __name__ == "__main__":
    main()
