"""The neighbourhood of an item as an SVG: the item in the middle, its neighbours around it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import cos, pi, sin
from typing import NamedTuple

from graph.records import GraphEdge, GraphNode, Neighbourhood
from graph.schema import Label

WIDTH, HEIGHT = 1000, 620
RADIUS_X, RADIUS_Y, INNER = 380, 270, 0.78
NODE_CHARS = 24

# One colour for each label, readable on white and on black.
COLOURS = {
    "Product": "#2f6fdb",
    "Model": "#7a3fc4",
    "Brand": "#c2410c",
    "Category": "#a16207",
    "Value": "#15803d",
}
OTHER = "#64748b"


class Point(NamedTuple):
    x: float
    y: float


def draw(neighbourhood: Neighbourhood) -> str:
    """A whole SVG document without scripts, fonts or links."""
    places = _places(neighbourhood)
    parts = [*_edges(neighbourhood, places), *_nodes(neighbourhood, places), *_legend()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="system-ui, sans-serif" font-size="13">\n'
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _places(neighbourhood: Neighbourhood) -> list[Point]:
    """The item in the middle; the others on two ellipses, those of one label side by side."""
    middle = Point(WIDTH / 2, HEIGHT / 2)
    nodes = neighbourhood.nodes
    around = sorted(range(1, len(nodes)), key=lambda at: (nodes[at].label, nodes[at].name))
    places = [middle] * len(nodes)
    for step, at in enumerate(around):
        angle = 2 * pi * step / len(around) - pi / 2
        reach = 1.0 if step % 2 else INNER  # neighbours do not cover each other
        places[at] = Point(
            middle.x + reach * RADIUS_X * cos(angle), middle.y + reach * RADIUS_Y * sin(angle)
        )
    return places


def _edges(neighbourhood: Neighbourhood, places: list[Point]) -> Iterator[str]:
    for edge in neighbourhood.edges:
        a, b = places[edge.source], places[edge.target]
        yield (
            f'<line x1="{a.x:.0f}" y1="{a.y:.0f}" x2="{b.x:.0f}" y2="{b.y:.0f}" stroke="#cbd5e1"/>'
        )
        # Nearer to the rim than to the middle, where all edges meet.
        outer, inner = (b, a) if edge.source == 0 else (a, b)
        x, y = inner.x + 0.6 * (outer.x - inner.x), inner.y + 0.6 * (outer.y - inner.y)
        yield (
            f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-size="10" fill="#64748b">'
            f"{escape(_said(edge, neighbourhood.nodes))}</text>"
        )


def _nodes(neighbourhood: Neighbourhood, places: list[Point]) -> Iterator[str]:
    for node, place in zip(neighbourhood.nodes, places, strict=True):
        name = node.name if len(node.name) <= NODE_CHARS else node.name[: NODE_CHARS - 1] + "…"
        width = 18 + 7.4 * sum(2 if ord(character) > 0x2E80 else 1 for character in name)
        colour = COLOURS.get(node.label, OTHER)
        yield (
            f"<g><title>{escape(f'{node.label} {node.id}')}</title>"
            f'<rect x="{place.x - width / 2:.0f}" y="{place.y - 14:.0f}" width="{width:.0f}" '
            f'height="28" rx="14" fill="{colour}"/>'
            f'<text x="{place.x:.0f}" y="{place.y + 4.5:.0f}" text-anchor="middle" fill="#ffffff">'
            f"{escape(name)}</text></g>"
        )


def _said(edge: GraphEdge, nodes: tuple[GraphNode, ...]) -> str:
    """The parameter of a value, which its id begins with; else the type of the relationship."""
    target = nodes[edge.target]
    return target.id.partition("=")[0] if target.label == Label.VALUE else edge.type


def _legend() -> Iterator[str]:
    for row, (label, colour) in enumerate(COLOURS.items()):
        y = HEIGHT - 20 - 20 * (len(COLOURS) - 1 - row)
        yield f'<circle cx="20" cy="{y}" r="6" fill="{colour}"/>'
        yield f'<text x="34" y="{y + 4}" fill="#475569" font-size="12">{label}</text>'
