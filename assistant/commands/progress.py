"""How far long work has come, shown to who looks on.

Invariant: nothing is shown where standard error is no terminal, and nothing of it goes to standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progressing(what: str, total: int | None = None) -> Iterator[Callable[[int], None] | None]:
    """Give what shows how far the work has come, where somebody looks on."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    end = [BarColumn()] if total else []
    with Progress(SpinnerColumn(), TextColumn("{task.completed:,.0f} {task.description}"), *end, TimeElapsedColumn(),
                  console=Console(stderr=True)) as bar:  # fmt: skip
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)
