"""A made-up catalog whose facts follow from each other, for tests of what learns on graphs."""

import pyarrow as pa

from graph.snapshot import Snapshot

# What a maker builds: its chairs are of one wood, its lamps of one socket.
MAKERS = {"acme": ("oak", "E27"), "bolt": ("pine", "E14"), "cato": ("beech", "GU10")}
SEATS = (40.0, 45.0, 50.0)


def catalog(products: int = 36, *, nan: bool = False) -> Snapshot:
    """Chairs and lamps of three makers; the maker says the wood and the socket."""
    makers = sorted(MAKERS)
    rows = [(f"p{n:03}", makers[n % 3], n % 2) for n in range(products)]
    values = [
        *((f"wood={wood}", "wood", wood, None) for wood, _ in MAKERS.values()),
        *((f"socket={socket}", "socket", socket, None) for _, socket in MAKERS.values()),
        *((f"seat={size:g}cm", "seat", f"{size:g} cm", size) for size in SEATS),
    ]
    if nan:
        values.append(("seat=?", "seat", "unknown", float("nan")))
    place = {value[0]: at for at, value in enumerate(values)}
    facts = []
    for at, (_, maker, lamp) in enumerate(rows):
        wood, socket = MAKERS[maker]
        facts.append((at, place[f"wood={wood}"]))
        facts.append((at, place[f"socket={socket}"]))
        if not lamp:
            facts.append((at, place[f"seat={SEATS[makers.index(maker)]:g}cm"]))
    parameters = ["seat", "socket", "wood"]
    nodes = {
        "Product": pa.table(
            {
                "id": pa.array([id for id, _, _ in rows], pa.string()),
                "title": pa.array(
                    [f"{maker} {('chair', 'lamp')[lamp]} {id}" for id, maker, lamp in rows],
                    pa.string(),
                ),
                "price": pa.array([10.0 + at for at in range(products)], pa.float64()),
                "currency": pa.array(["EUR"] * products, pa.string()),
            }
        ),
        "Brand": pa.table({"id": makers, "name": makers}),
        "Parameter": pa.table({"id": parameters, "name": parameters}),
        "Value": pa.table(
            {
                "id": [value[0] for value in values],
                "parameter": [value[1] for value in values],
                "text": [value[2] for value in values],
                "number": pa.array([value[3] for value in values], pa.float64()),
            }
        ),
    }
    edges = {
        ("Product", "HAS_PARAMETER", "Value"): ends(facts),
        ("Product", "MADE_BY", "Brand"): ends(
            (at, makers.index(maker)) for at, (_, maker, _) in enumerate(rows)
        ),
        ("Value", "VALUE_OF", "Parameter"): ends(
            (at, parameters.index(value[1])) for at, value in enumerate(values)
        ),
    }
    return Snapshot.of(nodes, edges)


def ends(pairs) -> pa.Table:
    pairs = list(pairs)
    return pa.table(
        {
            "source": pa.array([source for source, _ in pairs], pa.int64()),
            "target": pa.array([target for _, target in pairs], pa.int64()),
        }
    )
