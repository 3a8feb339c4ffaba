"""`mellomrom evaluate`: how good the answers are, on judged questions, with intervals.

Invariant: what is measured is what users are shown: every run goes through the matchmaker. Only the development
half may be looked at question by question; the test half is reported as figures.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from index.evaluation import Figure


def evaluate(
    questions: Annotated[Path | None, typer.Argument(help="A YAML file of judged questions.")] = None,
    dialogues: Annotated[
        Path | None,
        typer.Option(help="A YAML file of scripted dialogues, run through the service in a home of its own."),
    ] = None,
    pairs: Annotated[Path | None, typer.Option(help="A YAML file of judged pairs of needs.")] = None,
    failures: Annotated[bool, typer.Option(help="Print each turn of a dialogue that failed, with the reply.")] = False,
    split: Annotated[str, typer.Option(help="Which half: dev or test.")] = "test",
    encoder: Annotated[str | None, typer.Option(help="Another encoder, by name or folder.")] = None,
    ablation: Annotated[
        bool, typer.Option(help="Also measure variants: parts off, other fusions, facets glued.")
    ] = False,
    peers: Annotated[bool, typer.Option(help="Also measure other engines on the same records and questions.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure ranking, silence and confidence on judged questions, each with a 95 % interval."""
    from assistant.lab.evaluating import evaluate_ablations, evaluate_peers, evaluate_product
    from assistant.platform.settings import load_settings
    from index.evaluation import EvaluationError, Split, read_questions

    if split not in set(Split):
        raise EvaluationError(f"got --split {split}, expected dev or test")
    if sum(one is not None for one in (questions, dialogues, pairs)) != 1:
        raise EvaluationError("expected one of a file of questions, --dialogues and --pairs, got none or several")
    if pairs is not None:
        _evaluate_pairs(pairs, split, as_json=as_json)
        return
    if dialogues is not None:
        _evaluate_dialogues(dialogues, split, as_json=as_json, failures=failures)
        return
    assert questions is not None  # noqa: S101 (one of them is given)
    every = read_questions(questions)
    judged = [question for question in every if question.split == split]
    settings = load_settings()
    if encoder:
        settings = settings.model_copy(update={"encoder": encoder})
    reports = {"product": evaluate_product(judged, settings)}
    if ablation:
        reports |= evaluate_ablations(judged, [one for one in every if one.split is Split.DEVELOPMENT], settings)
    if peers:
        reports |= evaluate_peers(judged, settings)
    if as_json:
        rows = [{"system": name, **figure._asdict()} for name, figures in reports.items() for figure in figures]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    typer.echo(f"{len(judged)} questions, {split} half")
    for name, figures in reports.items():
        typer.echo(f"\n{name}")
        for line in table(figures):
            typer.echo(line)


def _evaluate_dialogues(path: Path, split: str, *, as_json: bool, failures: bool) -> None:
    """Run dialogues and print how their turns went."""
    from tempfile import TemporaryDirectory

    from assistant.lab.dialogues import figures_of, read_dialogues, run_dialogues
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_runtime

    chosen = read_dialogues(path, split)
    with TemporaryDirectory() as folder:
        settings = load_settings().model_copy(update={"home": Path(folder), "database_url": None})
        with open_runtime(settings) as runtime:
            verdicts = run_dialogues(chosen, runtime)
    figures = figures_of(verdicts)
    if as_json:
        rows: list[dict[str, object]] = [{"system": "dialogues", **figure._asdict()} for figure in figures]
        rows += [verdict._asdict() for verdict in verdicts if failures and verdict.faults]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    typer.echo(
        f"{len(chosen)} dialogues, {len(verdicts)} turns, {split} half; "
        f"{sum(not verdict.asked for verdict in verdicts)} turns name what no answer held, and could not be said\n"
    )
    for line in table(figures):
        typer.echo(line)
    for verdict in verdicts if failures else ():
        if verdict.faults:
            typer.echo(
                f"\n{verdict.dialogue}.{verdict.number} [{verdict.kind}] {verdict.said}\n"
                f"  ! {'; '.join(verdict.faults)}\n{verdict.reply}"
            )


def _evaluate_pairs(path: Path, split: str, *, as_json: bool) -> None:
    """Hold the needs of judged pairs against each other, and print how well it was told which are alike."""
    from tempfile import TemporaryDirectory

    from assistant.lab.pairs import likenesses, pair_figures, read_pairs
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_store
    from index.encoders import load_encoder
    from index.manager import IndexManager

    chosen, settings = read_pairs(path, split), load_settings()
    with open_store(settings) as store, TemporaryDirectory() as folder:
        found = likenesses(chosen, IndexManager(store, load_encoder(settings.encoder), Path(folder)).searcher())
    figures = pair_figures(chosen, found)
    if as_json:
        typer.echo(json.dumps([{"system": "pairs", **one._asdict()} for one in figures], ensure_ascii=False))
        return
    typer.echo(f"{len(chosen)} pairs of needs, {split} half\n")
    for line in table(figures):
        typer.echo(line)


def table(figures: Iterable[Figure]) -> list[str]:
    """Return figures as lines of text, one each."""
    return [
        f"  {figure.measure:<18} {figure.group:<25} {figure.value:6.3f}   [{figure.low:.3f}, {figure.high:.3f}]"
        f"   n={figure.size}"
        for figure in figures
    ]
