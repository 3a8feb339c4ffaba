"""`mellomrom ask`: answer a question, or many.

Invariant: in a batch every line gets exactly one JSON line, in order; one that can't be answered says why in it
and costs the others nothing.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.platform.cleanup import closed_after
from corpus.text import Language

if TYPE_CHECKING:
    from assistant.platform.settings import Settings
    from assistant.service.messages import UserMessage


def ask(
    question: Annotated[list[str] | None, typer.Argument(help="What you need help with, in your own words.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    batch: Annotated[
        Path | None,
        typer.Option(help="A file with one question a line (- for standard input); prints one JSON object a line."),
    ] = None,
    language: Annotated[
        Language | None, typer.Option(help="The language of the answer, instead of that of the question.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=20, help="Suggestions of each kind.")] = 3,
    whole: Annotated[
        bool, typer.Option("--why", "--all", help="Show everything: reasons, rules, quotes, sources, weaker matches.")
    ] = False,
    personal_data_confirmed: Annotated[
        bool,
        typer.Option(
            "--personal-data-confirmed", help="Send a question although it seems to be about a certain person."
        ),
    ] = False,
) -> None:
    """Ask who can help, what can pay, and who thought of it before."""
    text = " ".join(question or ())
    if batch is not None:
        if text:
            raise typer.BadParameter("give either a question or --batch, not both")
        raise typer.Exit(_ask_batch(batch, language, top))
    from assistant.channels.terminal import incoming_of
    from assistant.platform.settings import load_settings

    settings = load_settings()
    incoming = incoming_of(text, settings, language or settings.language, top, is_question=as_json)
    _ask_one(incoming.model_copy(update={"confirmed": personal_data_confirmed}), settings, as_json=as_json, whole=whole)


def _ask_one(incoming: UserMessage, settings: Settings, *, as_json: bool, whole: bool) -> None:
    from assistant.dialogue.understanding import Question, check_question
    from assistant.platform.errors import EmptyQuestionError
    from assistant.runtime.bootstrap import open_runtime

    try:
        check_question(Question(text=incoming.text))
    except EmptyQuestionError as error:
        raise EmptyQuestionError(error.got, incoming.asker.language or Language.NB) from error
    with open_runtime(settings) as runtime:
        reply = runtime.service.handle(incoming)
        calendar = runtime.matchmaker.calendar(incoming.text) if as_json else ()
    if as_json and reply.answer is not None:
        from assistant.render.data import render_data

        typer.echo(json.dumps(render_data(reply.answer, calendar), ensure_ascii=False))
        return
    from rich.console import Console

    from assistant.render.terminal import TerminalReply
    from assistant.runtime.serving import last_served

    address = settings.web_base_url or last_served(settings)
    printed = TerminalReply(reply, incoming.top_k, settings.broker_contact, whole=whole, address=address)
    Console(soft_wrap=False, highlight=False).print(printed)


def _ask_batch(path: Path, language: Language | None, top: int) -> int:
    from assistant.channels.terminal import batch_result
    from assistant.matching.matchmaker import Matchmaker
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_index_manager, open_store

    gc.enable()
    settings = load_settings()
    language = language or settings.language
    lines = _lines(path)
    failed = 0
    store = closed_after(open_store(settings))
    matchmaker = Matchmaker(store, closed_after(open_index_manager(settings, store)))
    for line in lines:
        result = batch_result(matchmaker, line, language, top)
        failed += "error" in result
        typer.echo(json.dumps(result, ensure_ascii=False))
    if failed:
        typer.echo(f"mellomrom: {failed} of {len(lines)} questions could not be answered; see their 'error'.", err=True)
    return 1 if failed else 0


def _lines(path: Path) -> list[str]:
    from assistant.platform.errors import InputFileError

    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise InputFileError(
            f"{path}: cannot be read ({error.strerror}). "
            "Give a text file with one question a line, or - for standard input."
        ) from error
    lines = (line.rstrip("\r") for line in raw.decode("utf-8-sig", "replace").split("\n"))
    return [line for line in lines if line.strip()]
