"""`mellomrom bench`: measure this installation on this machine.

Invariant: figures are only told, but for those of hostile text, which have limits: with one broken it ends with 1.
"""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.platform.cleanup import closed_after

_PROCESSES = 5
"""Processes that a question is timed in."""


def bench(
    runs: Annotated[int, typer.Option(min=1, max=100, help="Processes to time.")] = 10,
    synthetic: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Also index this many made-up records (0 for none).")
    ] = 0,
    needs: Annotated[
        int,
        typer.Option("--rules", min=0, max=1_000_000, help="Also judge all schemes for this many needs (0 for none)."),
    ] = 0,
    scale: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Only measure answers and edits among this many made-up records.")
    ] = 0,
    served: Annotated[
        int, typer.Option("--serve", min=0, max=64, help="Only measure what this many processes serve (0 for none).")
    ] = 0,
    logged: Annotated[
        int, typer.Option("--log", min=0, max=100_000, help="Only measure a stored answer, and lists of so many.")
    ] = 0,
    desk: Annotated[
        bool, typer.Option("--desk", help="Only measure the pages of the desk, among thousands of records and cases.")
    ] = False,
    hostile: Annotated[
        bool,
        typer.Option("--hostile", help="Only see whether hostile text is answered within limits, at each entry."),
    ] = False,
) -> None:
    """Measure how fast questions are answered, and how large an index it carries."""
    if hostile:
        _measure_hostile()
        return
    if desk:
        _measure_desk()
        return
    if scale or served or logged:
        _measure_promised(scale, served, logged)
        return
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from assistant.lab.benchmarks import (
        measure_answer,
        measure_encoder,
        measure_processes,
        measure_rules,
        measure_scale,
        measure_search,
    )
    from assistant.matching.matchmaker import Matchmaker
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_index_manager, open_store
    from index.encoders import load_encoder

    measure_processes(typer.echo, runs)
    with TemporaryDirectory() as folder:
        settings = load_settings().model_copy(update={"home": Path(folder), "database_url": None})
        store = closed_after(open_store(settings))
        keeper = closed_after(open_index_manager(settings, store))
        measure_search(typer.echo, keeper.searcher())
        measure_answer(typer.echo, Matchmaker(store, keeper))
    measure_encoder(typer.echo, load_encoder())
    if needs:
        measure_rules(typer.echo, needs)
    if synthetic:
        measure_scale(typer.echo, synthetic)


def _measure_promised(scale: int, served: int, logged: int) -> None:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from assistant.lab import speed
    from assistant.platform.settings import load_settings

    speed.print_header(typer.echo)
    for amount, measure in (
        # First of all, since a process is told to hold at least what the one that began it does.
        (_PROCESSES if served or logged else 0, speed.measure_new_process),
        (served, speed.measure_served),
        (logged, speed.measure_service),
        (scale, speed.measure_at_scale),
    ):
        if amount:
            with TemporaryDirectory() as folder:
                settings = load_settings().model_copy(update={"home": Path(folder), "database_url": None})
                measure(typer.echo, settings, amount)


def _measure_desk() -> None:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from assistant.lab.desk_pages import measure_desk
    from assistant.platform.settings import load_settings

    with TemporaryDirectory() as folder:
        settings = {"home": Path(folder), "database_url": None, "web_rate": "1000000/minute"}
        measure_desk(typer.echo, load_settings().model_copy(update=settings))


def _measure_hostile() -> None:
    from assistant.lab.hostile_bench import measure_hostile

    if broken := measure_hostile(typer.echo):
        typer.echo("\n".join(("", *(f"broken: {one}" for one in broken))), err=True)
        raise typer.Exit(1)
