"""Saved needs in Teams: what was saved, what is new of it, and what somebody's own card lists; pure.

Invariant: a card fits Teams' limit whatever the data holds; each line of news has its own button to hear no more of
it, and each card one to stop them all.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.platform.messages import Messages
from assistant.render.adaptive import (
    Card,
    Element,
    actions,
    card,
    columns,
    execute,
    fit,
    heading,
    noticed,
    rich,
    run,
)
from assistant.render.saved import SavedShown, SavedVerb
from assistant.render.teams_actions import RECORD, TOKEN, Verb

_LINE, _NEWS = 300, 600


def render_saved(catalog: Messages, shown: SavedShown, token: str) -> Card:
    """Return that a need is saved and when its asker hears of it, with how to change that."""
    text = catalog.text
    sentence = text(f"saved.channel.done.{shown.every}")
    way = shown.other_way
    row = [_button(text(f"saved.channel.every.{way}"), way, token), _stop(catalog, token)]
    body = [
        rich(run(sentence)),
        rich(run(f"«{fit(shown.question, _LINE)}»", italic=True), spacing="small"),
        actions(row),
        rich(run(text("saved.until", date=shown.until), isSubtle=True, size="small")),
    ]
    return card(body, speak=sentence)


def render_news(catalog: Messages, shown: SavedShown, token: str, notice: str = "") -> Card:
    """Return what is new of a saved need: a line for each thing, with a button to hear no more of it."""
    text = catalog.text
    title = text("saved.channel.news", on=shown.saved_on, need=fit(shown.question, _LINE))
    lines = [
        columns(
            ("stretch", [rich(run(fit(line.told, _NEWS)))]),
            ("auto", [actions([_button(text("saved.mute"), SavedVerb.MUTE, token, line.record_id)])]),
        )
        for line in shown.lines
    ]
    body = [
        *noticed(notice, _NEWS),
        rich(run(title, weight="bolder")),
        *(lines or [rich(run(text("saved.news.none")))]),
        actions([_stop(catalog, token)], separator=True),
    ]
    return card(body, speak="\n".join([title, *(fit(line.told, _NEWS) for line in shown.lines)]))


def saved_at_home(catalog: Messages, needs: Sequence[tuple[SavedShown, str]]) -> list[Element]:
    """Return the saved needs of somebody's own card, each with its token, its news and a button to stop it."""
    if not needs:
        return []
    rows = [
        columns(
            (
                "stretch",
                [
                    rich(run(f"«{fit(shown.question, _LINE)}»")),
                    *(rich(run(f"• {fit(line.told, _LINE)}"), spacing="none") for line in shown.lines),
                ],
            ),
            ("auto", [actions([_stop(catalog, token)])]),
        )
        for shown, token in needs
    ]
    return [heading(catalog.text("saved.mine"), size="medium", separator=True), *rows]


def _stop(catalog: Messages, token: str) -> Element:
    return _button(catalog.text("saved.stop"), SavedVerb.STOP, token)


def _button(words: str, verb: SavedVerb, token: str, record_id: str | None = None) -> Element:
    return execute(words, f"{Verb.SAVED}.{verb}", {TOKEN: token, **({RECORD: record_id} if record_id else {})})
