"""Teams' cards besides answers: welcome, somebody's own page, and a case as its brokers see it; pure.

Invariant: every card fits Teams' limit whatever the data holds, data stands in text runs, and every field has a label
in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assistant.platform.messages import Messages, messages
from assistant.platform.user_text import MAX_QUESTION
from assistant.platform.workdays import norwegian_day
from assistant.render.adaptive import (
    Card,
    Element,
    actions,
    card,
    choice,
    columns,
    execute,
    fit,
    fits,
    heading,
    noticed,
    rich,
    run,
    show_card,
    text_input,
    toggle,
)
from assistant.render.replies import choice_labels, note_sentences, reply_sentence
from assistant.render.saved import SavedShown
from assistant.render.teams import MAX_NOTE
from assistant.render.teams_actions import (
    CONFIRMED,
    LANGUAGE,
    MUNICIPALITY,
    NEED,
    NOTE,
    NUMBER,
    REASON,
    ROW,
    TOKEN,
    WITHHELD,
    Verb,
)
from assistant.render.teams_saved import saved_at_home
from assistant.service.messages import Reply
from corpus.text import Frozen, Language

SHOWN_AT_HOME = 10
"""Questions and cases on somebody's own card, the newest first."""
_TITLE, _LINE, _FACT = 200, 300, 900
_FEWER = (SHOWN_AT_HOME, 5, 2)
"""How many questions and cases are shown, down to what always fits."""


class AskedAtHome(Frozen):
    """A question of somebody's."""

    token: str
    question: str
    at: datetime
    outcome: str
    """What came of it, as a sentence."""


class CaseAtHome(Frozen):
    """A case of somebody's."""

    title: str
    state: str
    """How it stands, as a sentence."""
    at: datetime


class Home(Frozen):
    """What somebody's own card shows."""

    token: str
    cases: tuple[CaseAtHome, ...] = ()
    questions: tuple[AskedAtHome, ...] = ()
    saved: tuple[tuple[SavedShown, str], ...] = ()
    """Needs of theirs that they hear of, each with the token of its button."""
    municipality: str = ""
    """As they would write it."""
    notice: str = ""
    """What came of what was just done."""


class CaseMove(Frozen):
    """A state that a case can be moved to."""

    state: str
    words: str
    """What its button says."""
    reasons: tuple[tuple[str, str], ...] = ()
    """What is to be chosen from, where it wants a reason: each value with its words."""


class CaseForBrokers(Frozen):
    """A case, as the brokers see it."""

    token: str
    case_id: str
    title: str
    facts: tuple[str, ...]
    """What is known of it, as plain sentences; the last one tells how it stands."""
    ways: tuple[CaseMove, ...]
    notice: str = ""
    """What came of what was just done, or why it waits."""


def render_contact(reply: Reply, contact: str | None, token: str, notice: str = "", draft: str = "") -> Card:
    """Return whom to talk to, with a way to write to them at once, begun with a note that could not be taken."""
    text = messages(reply.language).text
    sentence = reply_sentence(reply, contact)
    field = text_input(NOTE, text("slack.ask_broker.label"), MAX_NOTE, value=draft, multiline=True)
    box = [toggle(CONFIRMED, text("slack.personal.box"))] if draft else []
    send = execute(text("slack.send"), Verb.ASK_BROKER, {TOKEN: token}, primary=True)
    body = [*noticed(notice, _FACT), *(rich(run(fit(one, _FACT))) for one in (*note_sentences(reply), sentence))]
    return card(
        [*body, actions([show_card(text("slack.ask_broker"), [field, *box], [send])])], speak=fit(sentence, _FACT)
    )


def render_choices(reply: Reply, contact: str | None, token: str) -> Card:
    """Return what was not understood, with a button for each thing that could be meant."""
    words = messages(reply.language).text("teams.choose")
    sentence = reply_sentence(reply, contact)
    rows = [
        columns(
            ("stretch", [rich(run(fit(label, _LINE)))]),
            ("auto", [actions([execute(words, Verb.CHOOSE, {TOKEN: token, NUMBER: str(number)})])]),
        )
        for number, label in enumerate(choice_labels(reply), start=1)
    ]
    return card(
        [*(rich(run(fit(one, _FACT))) for one in (*note_sentences(reply), sentence)), *rows], speak=fit(sentence, _FACT)
    )


def render_warning(catalog: Messages, sealed: str) -> Card:
    """Return the warning that something seems to be about a certain person, with a button to send it all the same.

    Args:
        catalog: The texts in the language of whoever wrote it.
        sealed: What they wrote, for the button.
    """
    text = catalog.text
    warning = text("personal.slack")
    send = execute(text("slack.personal.anyway"), Verb.SEND_ANYWAY, {WITHHELD: sealed})
    return card([rich(run(warning)), rich(run(text("slack.personal.offer"))), actions([send])], speak=warning)


def sentences_of(reply: Reply, contact: str | None) -> str:
    """Return a reply that is no card, as plain text."""
    return "\n\n".join([*note_sentences(reply), reply_sentence(reply, contact)])


def render_welcome(catalog: Messages, token: str, *, personal: bool) -> Card:
    """Return what is said first in a chat or a team, and to who asks for help."""
    text = catalog.text
    examples = [
        rich(run(f"• {text(f'slack.prompt.{one}.message')}"), spacing="small")
        for one in ("partners", "schemes", "ideas")
    ]
    how = text("teams.welcome.personal" if personal else "teams.welcome.shared")
    body = [
        heading(text("slack.home.title"), size="large"),
        rich(run(text("teams.welcome.what"))),
        rich(run(text("teams.welcome.examples"), weight="bolder")),
        *examples,
        rich(run(how)),
        rich(run(text("slack.home.privacy"), isSubtle=True, size="small")),
    ]
    if personal:
        body.append(actions([execute(text("teams.home.open"), Verb.HOME, {TOKEN: token})]))
    return card(body, speak=text("teams.welcome.what"))


def render_dialog(catalog: Messages, words: str, notice: str = "", *, can_confirm: bool = False) -> Card:
    """Return the dialog where somebody asks, with what they may want to begin with.

    Args:
        catalog: The texts in the asker's language.
        words: What stands in the field already.
        notice: What is said first.
        can_confirm: Whether there is a box to say that what seems to be about a certain person is meant as it is.
    """
    text = catalog.text
    field = text_input(NEED, text("slack.ask.label"), MAX_QUESTION, value=words, multiline=True)
    hint = rich(run(text("slack.ask.hint"), isSubtle=True, size="small"))
    # In a dialog of a command Teams knows no other kind of button.
    box = [toggle(CONFIRMED, text("slack.personal.box"))] if can_confirm else []
    made = card([*noticed(notice, _FACT), field, *box, hint], speak=text("slack.ask.label"))
    return {**made, "actions": [{"type": "Action.Submit", "title": text("slack.ask.submit")}]}


def render_home(catalog: Messages, home: Home) -> Card:
    """Return somebody's own card: their cases, their questions, and what they have chosen."""
    made: Card = {}
    for most in _FEWER:
        body = [
            *noticed(home.notice, _FACT),
            heading(catalog.text("slack.home.cases"), size="medium"),
            *_cases(catalog, home.cases[:most]),
            *saved_at_home(catalog, home.saved[:most]),
            heading(catalog.text("slack.home.questions"), size="medium", separator=True),
            *_questions(catalog, home.questions[:most]),
            heading(catalog.text("slack.home.settings"), size="medium", separator=True),
            *_settings(catalog, home),
            rich(run(catalog.text("slack.home.privacy"), isSubtle=True, size="small")),
        ]
        made = card(body, speak=catalog.text("teams.home.open"))
        if fits(made):
            break
    return made


def render_case(catalog: Messages, case: CaseForBrokers) -> Card:
    """Return a case as the brokers see it: what it is about, how it stands, and a button for each way on."""
    facts = [rich(run(fit(fact, _FACT)), spacing="small") for fact in case.facts]
    body: list[Element] = [
        *noticed(case.notice, _FACT),
        rich(run(fit(case.title, _TITLE), weight="bolder", size="medium")),
        *facts,
    ]
    if case.ways:
        body.append(actions([_move_button(catalog, way, case.token) for way in case.ways]))
    number = catalog.text("slack.case.id", id=fit(case.case_id, _LINE))
    body.append(rich(run(number, isSubtle=True, size="small")))
    return card(body, speak=f"{fit(case.title, _TITLE)}. {fit(case.facts[-1], _FACT)}")


def _move_button(catalog: Messages, way: CaseMove, token: str) -> Element:
    data = {TOKEN: token, ROW: way.state}
    if not way.reasons:
        return execute(way.words, Verb.MOVE, data)
    text = catalog.text
    # Several of them stand in one card, and no two fields of a card may have one name.
    body = [
        choice(f"{REASON}.{way.state}", text("slack.move.label"), way.reasons, need=text("slack.choose_first")),
        text_input(f"{NOTE}.{way.state}", text("slack.note"), MAX_NOTE, multiline=True),
    ]
    return show_card(way.words, body, [execute(text("slack.save"), Verb.MOVE, data)])


def _cases(catalog: Messages, cases: Sequence[CaseAtHome]) -> list[Element]:
    if not cases:
        return [rich(run(catalog.text("slack.home.no_cases")))]
    return [
        rich(
            run(f"{fit(case.title, _TITLE)} ", weight="bolder"),
            run(f"{fit(case.state, _LINE)} · {_day(catalog, case.at)}"),
            spacing="small",
        )
        for case in cases
    ]


def _questions(catalog: Messages, questions: Sequence[AskedAtHome]) -> list[Element]:
    if not questions:
        return [rich(run(catalog.text("slack.home.no_questions")))]
    return [
        columns(
            (
                "stretch",
                [
                    rich(run(f"«{fit(question.question, _LINE)}»")),
                    rich(
                        run(
                            f"{fit(question.outcome, _LINE)} · {_day(catalog, question.at)}",
                            isSubtle=True,
                            size="small",
                        ),
                        spacing="none",
                    ),
                ],
            ),
            (
                "auto",
                [actions([execute(catalog.text("slack.home.show_again"), Verb.SHOW_AGAIN, {TOKEN: question.token})])],
            ),
        )
        for question in questions
    ]


def _settings(catalog: Messages, home: Home) -> list[Element]:
    text = catalog.text
    languages = [(one.value, text(f"language.{one}")) for one in Language]
    return [
        choice(LANGUAGE, text("slack.home.choose_language"), languages, value=catalog.language.value),
        text_input(MUNICIPALITY, text("slack.municipality.label"), 100, value=home.municipality),
        rich(run(text("slack.municipality.hint"), isSubtle=True, size="small"), spacing="none"),
        actions([execute(text("slack.save"), Verb.SETTINGS, {TOKEN: home.token})]),
    ]


def _day(catalog: Messages, at: datetime) -> str:
    return catalog.date(norwegian_day(at).isoformat())
