"""`mellomrom bench`: measure this installation on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.platform.closing import closed_after


def bench(
    runs: Annotated[int, typer.Option(min=1, max=100, help="Processes to time.")] = 10,
    synthetic: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Also index this many made-up records (0 for none).")
    ] = 0,
    needs: Annotated[
        int,
        typer.Option("--rules", min=0, max=1_000_000, help="Also judge all schemes for this many needs (0 for none)."),
    ] = 0,
) -> None:
    """Measure how fast questions are answered, and how large an index it carries."""
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
    from assistant.runtime.bootstrap import open_keeper, open_store
    from index.encoders import load_encoder

    measure_processes(typer.echo, runs)
    with TemporaryDirectory() as folder:
        settings = load_settings().model_copy(update={"home": Path(folder), "database_url": None})
        store = closed_after(open_store(settings))
        keeper = closed_after(open_keeper(settings, store))
        measure_search(typer.echo, keeper.searcher())
        measure_answer(typer.echo, Matchmaker(store, keeper))
    measure_encoder(typer.echo, load_encoder())
    if needs:
        measure_rules(typer.echo, needs)
    if synthetic:
        measure_scale(typer.echo, synthetic)
