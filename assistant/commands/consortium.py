"""`mellomrom consortium` and `mellomrom ladder`: from a need to a project that can apply."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.platform.cleanup import closed_after
from corpus.text import Language

if TYPE_CHECKING:
    from assistant.funding.verdicts import CostPart, Facts
    from assistant.matching.ladder import Ladder
    from assistant.matching.matchmaker import Matchmaker
    from corpus.store import RecordStore

Need = Annotated[str, typer.Option(help="What you need, in your own words.")]
Municipality = Annotated[
    str | None, typer.Option(help="The number of the municipality that would apply, such as 5038.")
]
Lang = Annotated[Language | None, typer.Option(help="The language of the page, instead of that of the need.")]


def consortium(
    need: Need,
    scheme: Annotated[str, typer.Option(help="The id of a scheme, such as instrument:rff-trondelag.")],
    have: Annotated[list[str] | None, typer.Option(help="The id of a party that is in already; repeat it.")] = None,
    share: Annotated[
        list[str] | None, typer.Option(help="Who carries how much, such as municipality=22; repeat it.")
    ] = None,
    municipality: Municipality = None,
    language: Lang = None,
    docx: Annotated[Path | None, typer.Option(help="Write the page as a Word document.")] = None,
    md: Annotated[Path | None, typer.Option(help="Write the page as Markdown.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell who is missing for a scheme, whom to ask, and write it up as a one-page sketch."""
    from assistant.matching.consortium import propose
    from assistant.platform.exports import write_bytes
    from assistant.render.sketch import as_docx, as_markdown, as_text, sketch_of

    shares = [_share(one) for one in share or ()]
    matchmaker, store = _open_matchmaker()
    facts = _facts(municipality)
    _tell_if_shortened(need, language)
    proposal = propose(matchmaker, store, need, scheme, have or (), facts, shares, language)
    page = sketch_of(proposal)
    if docx is not None:
        write_bytes(docx, as_docx(page))
    if md is not None:
        write_bytes(md, as_markdown(page).encode())
    if as_json:
        typer.echo(proposal.model_dump_json())
    elif docx is None and md is None:
        typer.echo(as_text(page))
    else:
        typer.echo("Wrote " + " and ".join(str(path) for path in (docx, md) if path), err=True)


def ladder(
    question: Annotated[str, typer.Argument(help="What you need, in your own words.")],
    municipality: Municipality = None,
    language: Lang = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Put the schemes that could pay in the order you would climb them."""
    import json

    from assistant.dialogue.understanding import Question
    from assistant.matching.ladder import climb

    matchmaker, store = _open_matchmaker()
    _tell_if_shortened(question, language)
    climbed = climb(matchmaker, store, Question(text=question, language=language), _facts(municipality))
    if as_json:
        typer.echo(json.dumps(_data(climbed), ensure_ascii=False))
        return
    for line in _lines(climbed):
        typer.echo(line)


def _open_matchmaker() -> tuple[Matchmaker, RecordStore]:
    from assistant.matching.matchmaker import Matchmaker
    from assistant.platform.settings import load_settings
    from assistant.runtime.bootstrap import open_index_manager, open_store

    settings = load_settings()
    store = closed_after(open_store(settings))
    return Matchmaker(store, closed_after(open_index_manager(settings, store))), store


def _tell_if_shortened(text: str, language: Language | None) -> None:
    """Say that only the beginning is read, where that is so."""
    from assistant.platform.messages import messages
    from assistant.platform.user_text import MAX_QUESTION, bounded

    if bounded(text).shortened:
        typer.echo(messages(language or Language.NB).text("note.shortened", limit=MAX_QUESTION), err=True)


def _facts(number: str | None) -> Facts | None:
    from assistant.dialogue.facts import facts_of_municipality, is_municipality_number

    if number is None:
        return None
    if not is_municipality_number(number):
        raise typer.BadParameter(f"got {number!r}, expected the number of a municipality, such as 5038")
    return facts_of_municipality(number)


def _share(text: str) -> CostPart:
    from assistant.funding.verdicts import CostPart
    from corpus.records import ActorType

    kind, _, percent = text.partition("=")
    try:
        number = Decimal(percent)
        if not 0 <= number <= 100:
            raise InvalidOperation
        return CostPart(type=ActorType(kind), percent=number)
    except (ValueError, InvalidOperation) as error:
        kinds = ", ".join(ActorType)
        raise typer.BadParameter(f"got {text!r}, expected KIND=PER CENT, KIND one of {kinds}") from error


def _lines(climbed: Ladder) -> list[str]:
    from assistant.platform.messages import messages
    from assistant.render.sentences import SIGNS, name_of, status_sentences

    catalog = messages(climbed.language)
    lines = []
    for number, rung in enumerate(climbed.rungs, start=1):
        lines.append(f"{number}. {catalog.text(f'ladder.{rung.step}')}")
        for scheme in rung.schemes:
            lines.append(f"   {SIGNS[scheme.overall]} {name_of(scheme, catalog).text}")
            lines.append("     " + " ".join(status_sentences(scheme, catalog)))
    return lines or [catalog.text("ladder.none")]


def _data(climbed: Ladder) -> dict[str, Any]:
    return {
        "question": climbed.question,
        "language": climbed.language.value,
        "steps": [
            {
                "step": rung.step.value,
                "schemes": [
                    {
                        "id": scheme.id,
                        "eligible": scheme.overall.value,
                        "status": scheme.status.value,
                        "opens_on": scheme.opens_on,
                        "deadline": scheme.deadline.isoformat() if scheme.deadline else None,
                    }
                    for scheme in rung.schemes
                ],
            }
            for rung in climbed.rungs
        ],
    }
