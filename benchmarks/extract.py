"""Milliseconds per title of `POST /v1/extract` at a running service, beside its empty endpoint.

catalograph up --dev
python -m benchmarks.extract --titles titles.txt --api http://127.0.0.1:8000
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import urllib.request
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path

BATCH = 32


def main() -> None:
    options = _options()
    titles = options.titles.read_text(encoding="utf-8").splitlines()
    batches = [list(islice(cycle(titles), n, n + BATCH)) for n in range(0, options.texts, BATCH)]
    first = _seconds(options.api, titles[:1])  # the service reads the graph's vocabulary
    print(f"first answer after {first:.1f} s")
    empty = 1_000 * statistics.median(_empty(options.api) for _ in range(20))
    each = sorted(1_000 * _seconds(options.api, batch) / BATCH for batch in batches)
    single = [1_000 * _seconds(options.api, [title]) for title in titles[:50]]
    print(f"empty endpoint: {empty:.1f} ms a request")
    print(f"alone: {statistics.median(single):.1f} ms a title")
    print(
        f"{BATCH} at a time: {statistics.median(each):.2f} ms a title "
        f"({each[0]:.2f} to {each[-1]:.2f} over {len(each)} batches)"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api", default="http://127.0.0.1:8000")
    parser.add_argument("--titles", type=Path, required=True, help="a title on each line")
    parser.add_argument("--texts", type=int, default=1_600)
    return parser.parse_args()


def _seconds(api: str, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    answer = _post(f"{api}/v1/extract", {"texts": texts})
    taken = time.perf_counter() - start
    assert len(json.loads(answer)["results"]) == len(texts)
    return taken


def _empty(api: str) -> float:
    start = time.perf_counter()
    with urllib.request.urlopen(f"{api}/livez", timeout=10) as answer:
        answer.read()
    return time.perf_counter() - start


def _post(url: str, body: Mapping[str, object]) -> bytes:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=300) as answer:
        content: bytes = answer.read()
    return content


if __name__ == "__main__":
    main()
