"""From what Teams tells to jobs: pure functions of an activity.

Invariant: what comes back with a button is not trusted: what it is about is read from a token of ours that is good only
where it was given, and the rest is one of the few words that are known, or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from assistant.cases.cases import CaseReason, CaseState
from assistant.channels.inbox import MAX_KEY
from assistant.channels.teams.activities import MAX_WRITTEN, Activity, CardAction
from assistant.channels.teams.card_tokens import CardTokens
from assistant.channels.teams.jobs import (
    ActJob,
    AskJob,
    ChooseJob,
    HomeJob,
    Job,
    MoreJob,
    MoveJob,
    SavedJob,
    SaveJob,
    SettingsJob,
    ShowAgainJob,
    WelcomeJob,
)
from assistant.channels.teams.places import TeamsPlace
from assistant.channels.teams.withheld import Withheld
from assistant.dialogue.understanding import has_words
from assistant.render.saved import SavedVerb
from assistant.render.teams import MAX_NOTE
from assistant.render.teams_actions import (
    CONFIRMED,
    LANGUAGE,
    MUNICIPALITY,
    NEED,
    NOTE,
    NUMBER,
    PICK,
    REASON,
    RECORD,
    ROW,
    TOKEN,
    WITHHELD,
    AboutAnswer,
    AboutCase,
    AboutHome,
    AboutSaved,
    RowAt,
    Verb,
    row_at,
)
from assistant.service.messages import ActionType, RejectionReason
from corpus.text import Language

CARD_ACTION = "adaptiveCard/action"
"""What an invoke is called by which a button of a card was used."""
OPEN_DIALOG, DIALOG = "composeExtension/fetchTask", "composeExtension/submitAction"
"""What an invoke is called by which a command on a message was used, and its dialog sent."""
_WHOLE = {Verb.SHARE: ActionType.SHARE, Verb.HELPFUL: ActionType.HELPFUL, Verb.NOT_HELPFUL: ActionType.NOT_HELPFUL}
_ONE = {Verb.INTRODUCE: ActionType.INTRODUCE, Verb.MORE_LIKE_THIS: ActionType.MORE_LIKE_THIS}
_MOST_PICKED = 30
_NUMBER_DIGITS = 4
_HOME = frozenset(
    "mine saker|mine sakar|mine spørsmål|mitt|min side|innstillinger|innstillingar|my cases|my questions|my page|"
    "settings".split("|")
)
"""What somebody writes to see what is theirs; the commands of the manifest are among them."""
Data = Mapping[str, Any]


def job_of_message(activity: Activity, place: TeamsPlace) -> Job | None:
    """Return what a message asks for; None for what nobody wrote to the bot."""
    if activity.is_from_bot or not activity.is_for_us:
        return None
    words = activity.words()
    key = key_of(activity, place)
    if is_home(words):
        return HomeJob(key=key, place=place)
    return AskJob(
        key=key,
        place=place,
        conversation=f"teams:{place.tenant}:{place.conversation}",
        text=words,
        shortened=len(activity.text or "") > MAX_WRITTEN,
    )


def job_of_dialog(activity: Activity, place: TeamsPlace) -> AskJob | None:
    """Return what was asked in the dialog that a command on a message opened; the answer is for the asker alone."""
    words = activity.filled_in(NEED)
    if not has_words(words):
        return None
    key = key_of(activity, place)
    alone = place.model_copy(update={"conversation": "", "personal": True, "message": None, "name": None})
    return AskJob(
        key=key,
        place=alone,
        conversation=key,
        text=words[:MAX_WRITTEN],
        shortened=len(words) > MAX_WRITTEN,
        confirmed=_is_ticked(activity.filled_in(CONFIRMED)),
    )


def job_of_arrival(activity: Activity, place: TeamsPlace) -> WelcomeJob | None:
    """Return that the bot was added to a chat or a team, however Teams tells it; None for whatever else it tells."""
    bot = activity.recipient.id if activity.recipient else None
    match activity.type:
        case "installationUpdate" if activity.action in {"add", "add-upgrade"}:
            is_new = activity.action == "add"
        case "conversationUpdate":
            is_new = any(one.id == bot for one in activity.members_added or ())
        case _:
            is_new = False
    # Teams tells it in two ways at about the same time, and one welcome is enough.
    return WelcomeJob(key=_short(f"teams:welcome:{place.tenant}:{place.root}"), place=place) if is_new else None


def job_of_click(activity: Activity, place: TeamsPlace, seals: CardTokens, withheld: Withheld) -> Job | None:
    """Return what a button asks for; None where it is none of ours, or not of this conversation."""
    action = activity.card_action()
    if action is None:
        return None
    if action.verb == Verb.SEND_ANYWAY:
        return withheld.opened(_text(action.data, WITHHELD), place)
    key, data = key_of(activity, place), action.data
    match seals.opened(data.get(TOKEN), place.tenant, place.conversation):
        case AboutAnswer() as about:
            return _of_answer(key, place, about, action)
        case AboutCase() as about if action.verb == Verb.MOVE and (state := _text(data, ROW)) in set(CaseState):
            reason = _text(data, f"{REASON}.{state}")
            note = _text(data, f"{NOTE}.{state}")[:MAX_NOTE] or None
            chosen = reason if reason in set(CaseReason) else None
            return MoveJob(key=key, place=place, about=about, state=state, reason=chosen, note=note)
        case AboutSaved() as about:
            word, _, verb = action.verb.partition(".")
            if word == Verb.SAVED and verb in set(SavedVerb):
                record_id = _text(data, RECORD)[:MAX_KEY] or None
                return SavedJob(key=key, place=place, about=about, verb=SavedVerb(verb), record_id=record_id)
        case AboutHome(user=user) if place.personal and user in {"", place.user}:
            if action.verb == Verb.HOME:
                return HomeJob(key=key, place=place)
            language = _text(data, LANGUAGE)
            if action.verb == Verb.SETTINGS and language in set(Language):
                name = _text(data, MUNICIPALITY)
                return SettingsJob(key=key, place=place, language=Language(language), municipality=name)
    return None


def _of_answer(key: str, place: TeamsPlace, about: AboutAnswer, action: CardAction) -> Job | None:
    data, row = action.data, row_at(_text(action.data, ROW))
    match action.verb:
        case Verb.SHOW_AGAIN:
            return ShowAgainJob(key=key, place=place, log_id=about.log_id)
        case Verb.SAVE:
            return SaveJob(key=key, place=place, log_id=about.log_id)
        case Verb.CHOOSE if (number := _text(data, NUMBER)).isdecimal() and len(number) < _NUMBER_DIGITS:
            return ChooseJob(key=key, place=place, log_id=about.log_id, number=int(number))
        case Verb.SHOW_MORE if row is not None:
            return MoreJob(key=key, place=place, about=about, row=row)
        case Verb.INTRODUCE | Verb.MORE_LIKE_THIS if row is not None:
            return ActJob(key=key, place=place, about=about, verb=_ONE[Verb(action.verb)], rows=(row,))
        case Verb.SHARE | Verb.HELPFUL | Verb.NOT_HELPFUL:
            return ActJob(key=key, place=place, about=about, verb=_WHOLE[Verb(action.verb)])
        case Verb.ASK_BROKER:
            rows = _picked(data)
            verb = ActionType.INTRODUCE if rows else ActionType.ASK_BROKER
            note = _text(data, NOTE)[:MAX_NOTE] or None
            is_meant = _is_ticked(data.get(CONFIRMED))
            return ActJob(key=key, place=place, about=about, verb=verb, rows=rows, note=note, confirmed=is_meant)
        case Verb.NOT_FOR_US:
            reason = _text(data, REASON)
            return ActJob(
                key=key,
                place=place,
                about=about,
                verb=ActionType.NOT_FOR_US,
                rows=_picked(data),
                reason=RejectionReason(reason) if reason in set(RejectionReason) else None,
                note=_text(data, f"{NOTE}.{REASON}")[:MAX_NOTE] or None,
            )
    return None


def is_home(words: str) -> bool:
    """Tell whether somebody wrote that they want to see what is theirs."""
    return words.strip(" .!?").lower() in _HOME


def key_of(activity: Activity, place: TeamsPlace) -> str:
    """Return what an activity is known by, however often it is told."""
    return _short(f"teams:{place.tenant}:{place.conversation}:{activity.id}")


def _picked(data: Data) -> tuple[RowAt, ...]:
    boxes = [name for name in sorted(data) if name.startswith(f"{PICK}.") and _is_ticked(data[name])]
    named = [row_at(name.removeprefix(f"{PICK}.")) for name in boxes]
    return tuple(row for row in named if row is not None)[:_MOST_PICKED]


def _is_ticked(value: object) -> bool:
    return value in ("true", True)


def _text(data: Data, name: str) -> str:
    value = data.get(name)
    return value.encode("utf-8", "replace").decode("utf-8").strip() if isinstance(value, str) else ""


def _short(key: str) -> str:
    """Return a key as it can be kept; one that is cut short would be that of another."""
    if len(key) <= MAX_KEY:
        return key
    return f"teams:{hashlib.sha256(key.encode()).hexdigest()}"
