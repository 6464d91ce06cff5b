"""Notebooks run as a kernel runs them, without one: the cells of the file, in one namespace.

A kernel of Jupyter's would bring a dozen packages and start a process for each notebook, which
loads everything anew. What it does with plain cells is this: it runs one after another inside a
running event loop, and shows what the last expression of each has given.
"""

import ast
import asyncio
import json
from dataclasses import dataclass, field


@dataclass
class Ran:
    """What the cells left: their names, and what each code cell showed last, if anything."""

    names: dict = field(default_factory=lambda: {"__name__": "__main__"})
    shown: list = field(default_factory=list)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def code_of(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run(path):
    """Run the notebook at `path`; what a cell raises names the notebook and its line."""

    async def inside_a_loop():
        ran = Ran()
        for number, source in enumerate(code_of(read(path)), 1):
            ran.shown.append(_run_cell(source, f"{path.name}[{number}]", ran.names))
        return ran

    return asyncio.run(inside_a_loop())


def _run_cell(source, place, names):
    cell = ast.parse(source, place)
    last = cell.body.pop() if cell.body and isinstance(cell.body[-1], ast.Expr) else None
    exec(compile(cell, place, "exec"), names)
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), place, "eval"), names)
    return value if value is None or not hasattr(value, "_repr_html_") else value._repr_html_()
