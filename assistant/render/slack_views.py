"""Slack's modals and App Home: pure, from values to views.

Invariant: every view fits Slack's limits whatever the data holds, and every field has a label in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assistant.platform.messages import Messages
from assistant.platform.user_text import MAX_QUESTION
from assistant.platform.workdays import norwegian_day
from assistant.render.block_kit import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    divider,
    escape,
    fit,
    header,
    option,
    plain,
    section,
)
from assistant.render.saved import SavedShown
from assistant.render.slack_actions import AboutCase, ActionId, CallbackId
from assistant.render.slack_saved import saved_at_home
from corpus.text import Frozen, Language

_TITLE = 24
_LINE, _FACT = 300, 800
MAX_NOTE = 1_000
"""Characters of a note that somebody writes."""
SHOWN_AT_HOME = 10
"""Questions and cases shown in App Home, the newest first."""
TEXT, REASON, CONFIRMED = "text", "reason", "confirmed"
"""The fields of the modals: the id of a block, and of what stands in it."""


class AskedBefore(Frozen):
    """A question of somebody's, as App Home shows it."""

    log_id: str
    question: str
    at: datetime
    outcome: str
    """What came of it, as a sentence."""


class CaseAtHome(Frozen):
    """A case of somebody's, as App Home shows it."""

    title: str
    state: str
    """How it stands, as a sentence."""
    at: datetime


class CaseForBrokers(Frozen):
    """A case, as the brokers see it."""

    case_id: str
    version: int
    title: str
    facts: tuple[str, ...]
    """What is known of it, as plain sentences; the last one tells how it stands."""
    ways: tuple[tuple[str, str], ...]
    """The states it can be moved to, each with what its button says."""
    asker: str | None = None
    """The Slack user who asked, where brokers can see them."""


class Home(Frozen):
    """What App Home shows of somebody."""

    questions: tuple[AskedBefore, ...] = ()
    cases: tuple[CaseAtHome, ...] = ()
    saved: tuple[SavedShown, ...] = ()
    municipality: str | None = None


def render_home(catalog: Messages, home: Home) -> View:
    """Return somebody's App Home."""
    text = catalog.text
    blocks: list[Block] = [
        header(text("slack.home.title")),
        section(text("slack.home.intro")),
        actions([button(text("slack.home.ask"), ActionId.ASK, "ask", "primary")], "ask"),
        divider(),
        header(text("slack.home.cases")),
        *_cases(catalog, home.cases),
        *([divider(), *saved_at_home(catalog, home.saved)] if home.saved else []),
        divider(),
        header(text("slack.home.questions")),
        *_questions(catalog, home.questions),
        divider(),
        header(text("slack.home.settings")),
        section(text("slack.home.language", language=text(f"language.{catalog.language}"))),
        actions([_language_menu(catalog)], "language"),
        section(
            text("slack.home.municipality", name=fit(home.municipality, _LINE))
            if home.municipality
            else text("slack.home.no_municipality")
        ),
        actions([button(text("slack.home.change_municipality"), ActionId.MUNICIPALITY, "open")], "municipality"),
        context([text("slack.home.privacy")]),
    ]
    return View(type="home", blocks=blocks)


def _cases(catalog: Messages, cases: Sequence[CaseAtHome]) -> list[Block]:
    if not cases:
        return [section(catalog.text("slack.home.no_cases"))]
    return [
        section(f"*{fit(case.title, _LINE)}*\n{fit(case.state, _LINE)}\n{_day(catalog, case.at)}")
        for case in cases[:SHOWN_AT_HOME]
    ]


def _questions(catalog: Messages, questions: Sequence[AskedBefore]) -> list[Block]:
    if not questions:
        return [section(catalog.text("slack.home.no_questions"))]
    blocks: list[Block] = []
    for asked in questions[:SHOWN_AT_HOME]:
        block = section(f"«{fit(asked.question, _LINE)}»\n{fit(asked.outcome, _LINE)}\n{_day(catalog, asked.at)}")
        block["accessory"] = button(
            catalog.text("slack.home.show_again"), ActionId.SHOW_AGAIN, asked.log_id, label=asked.question
        )
        blocks.append(block)
    return blocks


def _language_menu(catalog: Messages) -> Block:
    options = [option(catalog.text(f"language.{one}"), one.value) for one in Language]
    chosen = next(one for one in options if one["value"] == catalog.language.value)
    return {
        "type": "static_select",
        "action_id": ActionId.LANGUAGE,
        "placeholder": plain(catalog.text("slack.home.choose_language"), 150),
        "options": options,
        "initial_option": chosen,
    }


def with_warning(catalog: Messages, view: View) -> View:
    """Return a modal with the warning that its text seems to be about a certain person, and a box to send it anyway."""
    box: Block = {
        "type": "input",
        "block_id": CONFIRMED,
        "label": plain(catalog.text("personal.title"), 2_000),
        "element": {
            "type": "checkboxes",
            "action_id": CONFIRMED,
            "options": [option(catalog.text("slack.personal.box"), "yes")],
        },
        "optional": True,
    }
    return View(**{**view, "blocks": [section(escape(catalog.text("personal.what"))), *view["blocks"], box]})


def render_ask_modal(catalog: Messages, private_metadata: str, text: str = "") -> View:
    """Return the modal where somebody asks, with a text to begin with."""
    field = _text_field(catalog.text("slack.ask.label"), multiline=True, most=MAX_QUESTION, text=text)
    field["hint"] = plain(catalog.text("slack.ask.hint"), 150)
    title = catalog.text("slack.ask.title")
    return _modal(catalog, CallbackId.ASK, title, private_metadata, [field], catalog.text("slack.ask.submit"))


def render_not_for_us_modal(
    catalog: Messages, private_metadata: str, reasons: Sequence[tuple[str, str]], chosen: str = "", text: str = ""
) -> View:
    """Return the modal where somebody says why a suggestion is not for them, with what they chose and wrote before."""
    choice = _choice(catalog, catalog.text("slack.not_for_us.label"), reasons, chosen)
    note = _text_field(catalog.text("slack.note"), multiline=False, most=MAX_NOTE, text=text, optional=True)
    title = catalog.text("slack.not_for_us")
    return _modal(catalog, CallbackId.NOT_FOR_US, title, private_metadata, [choice, note], catalog.text("slack.send"))


def render_ask_broker_modal(catalog: Messages, private_metadata: str, text: str = "") -> View:
    """Return the modal where somebody asks the broker, with a text to begin with."""
    field = _text_field(catalog.text("slack.ask_broker.label"), multiline=True, most=MAX_NOTE, text=text)
    field["hint"] = plain(catalog.text("slack.ask.hint"), 150)
    title = catalog.text("slack.ask_broker")
    return _modal(catalog, CallbackId.ASK_BROKER, title, private_metadata, [field], catalog.text("slack.send"))


def render_municipality_modal(catalog: Messages, private_metadata: str, text: str = "") -> View:
    """Return the modal where somebody says which municipality they are in."""
    field = _text_field(catalog.text("slack.municipality.label"), multiline=False, most=100, text=text)
    field["hint"] = plain(catalog.text("slack.municipality.hint"), 150)
    title = catalog.text("slack.municipality.title")
    return _modal(catalog, CallbackId.MUNICIPALITY, title, private_metadata, [field], catalog.text("slack.save"))


def render_move_modal(catalog: Messages, private_metadata: str, title: str, reasons: Sequence[tuple[str, str]]) -> View:
    """Return the modal where a broker says why a case is moved."""
    choice = [_choice(catalog, catalog.text("slack.move.label"), reasons)] if reasons else []
    note = _text_field(catalog.text("slack.note"), multiline=True, most=MAX_NOTE, optional=True)
    return _modal(catalog, CallbackId.MOVE, title, private_metadata, [*choice, note], catalog.text("slack.save"))


def _modal(
    catalog: Messages, callback: CallbackId, title: str, private_metadata: str, blocks: list[Block], submit: str
) -> View:
    return View(
        type="modal",
        callback_id=callback.value,
        title=plain(title, _TITLE),
        submit=plain(submit, _TITLE),
        close=plain(catalog.text("slack.cancel"), _TITLE),
        private_metadata=private_metadata,
        blocks=blocks,
    )


def _text_field(label: str, *, multiline: bool, most: int, text: str = "", optional: bool = False) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": TEXT,
        "multiline": multiline,
        "max_length": most,
    }
    if begun := text[:most]:
        element["initial_value"] = begun
    return {"type": "input", "block_id": TEXT, "label": plain(label, 2_000), "element": element, "optional": optional}


def _choice(catalog: Messages, label: str, choices: Sequence[tuple[str, str]], chosen: str = "") -> Block:
    options = [option(told, value) for value, told in choices]
    element: Block = {
        "type": "static_select",
        "action_id": REASON,
        "placeholder": plain(catalog.text("slack.choose"), 150),
        "options": options,
    }
    if begun := next((one for one in options if one["value"] == chosen), None):
        element["initial_option"] = begun
    return {"type": "input", "block_id": REASON, "label": plain(label, 2_000), "element": element, "optional": False}


def _day(catalog: Messages, at: datetime) -> str:
    return catalog.date(norwegian_day(at).isoformat())


def render_case(catalog: Messages, case: CaseForBrokers) -> Message:
    """Return a case as the brokers see it: what it is about, how it stands, and a button for each way on."""
    facts = [fit(fact, _FACT) for fact in case.facts]
    if case.asker:
        facts.insert(0, catalog.text("slack.case.asker", user=f"<@{case.asker}>"))
    blocks = [section("\n".join([f"*{fit(case.title, _LINE)}*", *facts]))]
    if case.ways:
        about = AboutCase(case_id=case.case_id, version=case.version).packed()
        row = [
            button(text, f"{ActionId.MOVE}:{state}", about, label=f"{text}: {case.title}") for state, text in case.ways
        ]
        blocks.append(actions(row, f"case:{case.case_id}"))
    blocks.append(context([catalog.text("slack.case.id", id=fit(case.case_id, _LINE))]))
    return Message(text=f"{fit(case.title, _LINE)}. {facts[-1]}", blocks=blocks)
