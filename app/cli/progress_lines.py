"""Progress as lines now and then, where nobody could see a bar: in a log, or behind a pipe."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import Progress, Task, TaskID

QUIET_S = 5.0  # between two lines, and before the first: what is quick says nothing
SILENT_S = 60.0  # the longest without a line while something goes on
PARTS = 10  # a line with each tenth of a phase


class ProgressLines(Progress):
    """Takes what a bar takes; a line tells each new phase, each tenth of it, and each minute."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(console=console, disable=True)
        self._clock = clock
        self._said_s = clock()
        self._said: tuple[str, int | None] | None = None

    def update(self, task_id: TaskID, **changes: Any) -> None:  # noqa: ANN401 - as rich has it
        super().update(task_id, **changes)
        task = next(task for task in self.tasks if task.id == task_id)
        tenth = int(PARTS * task.completed / task.total) if task.total else None
        reached = task.description, tenth
        silent_s = self._clock() - self._said_s
        if silent_s < (QUIET_S if reached != self._said else SILENT_S):
            return
        self._said, self._said_s = reached, self._clock()
        self.console.print(_line(task), highlight=False, markup=False, soft_wrap=True)


def _line(task: Task) -> str:
    amount = f"{task.completed:,.0f}" if task.completed else None
    known = (f"{task.percentage:.0f} %" if task.total else amount, task.fields.get("note"))
    return f"{task.description}: {', '.join(filter(None, known)) or 'goes on'}"
