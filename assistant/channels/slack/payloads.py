"""From what Slack sends to jobs: pure functions of a request's body.

Invariant: what is read here was signed by Slack, yet nothing is taken for granted: what is not there gives None.
Text comes out as it was written, without Slack's escapes; mentions of people are dropped, since they are nobody's
business but theirs.
"""

from __future__ import annotations

import hashlib
import html
import json
import re

from pydantic import ValidationError

from assistant.cases.cases import CaseReason, CaseState
from assistant.channels.inbox import MAX_KEY
from assistant.channels.slack.jobs import (
    ActJob,
    AskJob,
    ChooseJob,
    MoreJob,
    MoveJob,
    SavedJob,
    SaveJob,
    WhyJob,
)
from assistant.channels.slack.places import SlackPlace
from assistant.channels.slack.shapes import Body, part, parts, text
from assistant.platform.user_text import MAX_QUESTION
from assistant.render.saved import SavedVerb
from assistant.render.slack import MARK, Marked
from assistant.render.slack_actions import ActionId, about, about_case, about_saved
from assistant.render.slack_views import CONFIRMED
from assistant.service.messages import ActionType, RejectionReason
from corpus.records import Kind

MAX_METADATA = 3_000
"""Characters that Slack keeps for a modal."""
MAX_WRITTEN = 4 * MAX_QUESTION
"""Characters of a message that are looked at, Slack's escapes among them."""
_HEARD = {"", "file_share", "thread_broadcast", "me_message"}
"""The sorts of message that people write; the first is the plain one."""
_DIRECT = {"im", "mpim"}
_OWN_LINK = re.compile(r"https://[\w.-]{1,100}\.slack\.com/archives/[\w/?=&.-]{1,200}")
_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_VERBS: dict[str, ActionType] = {
    ActionId.INTRODUCE: ActionType.INTRODUCE,
    ActionId.MORE_LIKE_THIS: ActionType.MORE_LIKE_THIS,
    ActionId.SHARE: ActionType.SHARE,
}


def written(said: str) -> str:
    """Return what a person wrote, without Slack's markup."""
    return " ".join(html.unescape(_MARKUP.sub(_plain, said[:MAX_WRITTEN])).split())


def words_of(message: Body) -> str:
    """Return what a message says: its own words, and those of the messages that are forwarded with it."""
    own = written(text(message, "text"))
    forwarded = [
        words
        for one in parts(message, "attachments")
        if one.get("is_share") or one.get("is_msg_unfurl")
        if (words := written(text(one, "text") or text(one, "fallback")))
    ]
    # Where what it leads to stands beside it, the link says nothing more.
    return " ".join([_OWN_LINK.sub(" ", own), *forwarded]).strip() if forwarded else own


def _plain(match: re.Match[str]) -> str:
    sign, target, label = match.groups()
    if sign in {"@", "!"}:
        return " "
    if sign == "#":
        return f"#{label}" if label else " "
    return label or target


def ask_from_event(body: Body) -> AskJob | None:
    """Return what was asked in a mention or a direct message; None for bots and what is no question.

    A message is known by where and when it was written: whether Slack tells of it as a mention or as a message, at
    once or when the mention was put in later, it is one job.
    """
    event = part(body, "event")
    kind, channel = text(event, "type"), text(event, "channel")
    is_mention = kind == "app_mention" and not channel.startswith("D")
    is_message = kind == "message" and text(event, "channel_type") in _DIRECT and text(event, "subtype") in _HEARD
    if not (is_mention or is_message) or event.get("bot_id"):
        return None
    team, user, ts = text(body, "team_id") or text(event, "team"), text(event, "user"), text(event, "ts")
    if not (team and user and channel and ts):
        return None
    thread = text(event, "thread_ts") or ts
    enterprise = text(body, "enterprise_id") or None
    return AskJob(
        key=_key("message", team, channel, ts),
        place=SlackPlace(team=team, enterprise=enterprise, user=user, channel=channel, thread=thread),
        conversation=_short(f"slack:{team}:{channel}:{thread}"),
        text=words_of(event),
        shortened=len(text(event, "text")) > MAX_WRITTEN,
    )


def ask_from_command(body: Body) -> AskJob | None:
    """Return what was asked with the command; only the asker sees the answer."""
    place, trigger = place_of(body), text(body, "trigger_id")
    if place is None or not trigger:
        return None
    return AskJob(
        key=_key("trigger", trigger),
        place=place.model_copy(update={"private": True}),
        conversation=_short(f"slack:{place.team}:command:{trigger}"),
        text=written(text(body, "text")),
        shortened=len(text(body, "text")) > MAX_WRITTEN,
    )


def ask_from_modal(body: Body, said: str) -> AskJob | None:
    """Return what was asked in a modal; the answer goes where the modal was opened from."""
    view, place = text(body, "view", "id"), place_of_view(body)
    if place is None or not view:
        return None
    return AskJob(
        key=_key("view", view, text(body, "view", "hash")),
        place=place.model_copy(update={"private": True, "thread": None}),
        conversation=_short(f"slack:{place.team}:modal:{view}"),
        text=" ".join(said[:MAX_WRITTEN].split()),
        shortened=len(said) > MAX_WRITTEN,
        confirmed=is_ticked(body, CONFIRMED, CONFIRMED),
    )


def act_from_click(body: Body) -> ActJob | None:
    """Return what a click on a suggestion's button does at once."""
    action, place = clicked(body), place_of(body)
    target = about(text(action, "value"))
    verb = _VERBS.get(text(action, "action_id"))
    if target is None or place is None or verb is None:
        return None
    return ActJob(
        key=_click_key(body, action),
        place=place,
        log_id=target.log_id,
        record_id=target.record_id,
        verb=verb,
        start=target.start,
        marks=_marks(body),
    )


def feedback_from_click(body: Body) -> ActJob | None:
    """Return what somebody thought of an answer."""
    action, place = clicked(body), place_of(body)
    value, _, opinion = text(action, "value").rpartition("|")
    target = about(value)
    verb = {"helpful": ActionType.HELPFUL, "not_helpful": ActionType.NOT_HELPFUL}.get(opinion)
    if target is None or place is None or verb is None:
        return None
    return ActJob(key=_click_key(body, action), place=place, log_id=target.log_id, verb=verb)


def more_from_click(body: Body) -> MoreJob | None:
    """Return which suggestions somebody wants to see."""
    action, place = clicked(body), place_of(body)
    target = about(text(action, "value"))
    if target is None or place is None or target.record_id not in set(Kind):
        return None
    kind = Kind(target.record_id)
    return MoreJob(
        key=_click_key(body, action), place=place, log_id=target.log_id, record_kind=kind, start=target.start
    )


def why_from_click(body: Body) -> WhyJob | None:
    """Return the suggestion that somebody wants to see behind."""
    action, place = clicked(body), place_of(body)
    target = about(str(action.get("value", "")))
    if target is None or place is None or target.record_id is None:
        return None
    return WhyJob(key=_click_key(body, action), place=place, log_id=target.log_id, record_id=target.record_id)


def save_from_click(body: Body) -> SaveJob | None:
    """Return the answer whose need somebody wants to hear of."""
    action, place = clicked(body), place_of(body)
    target = about(text(action, "value"))
    if target is None or place is None:
        return None
    return SaveJob(key=_click_key(body, action), place=place, log_id=target.log_id)


def saved_from_click(body: Body) -> SavedJob | None:
    """Return what somebody decided on a need that they saved."""
    action, place = clicked(body), place_of(body)
    target, verb = about_saved(text(action, "value")), text(action, "action_id").partition(":")[2]
    if target is None or place is None or verb not in set(SavedVerb):
        return None
    key = _click_key(body, action)
    return SavedJob(key=key, place=place, need_id=target.need_id, verb=SavedVerb(verb), record_id=target.record_id)


def choice_from_click(body: Body) -> ChooseJob | None:
    """Return which of the things offered somebody meant."""
    action, place = clicked(body), place_of(body)
    target = about(text(action, "value"))
    if target is None or place is None or target.start < 1:
        return None
    return ChooseJob(key=_click_key(body, action), place=place, log_id=target.log_id, number=target.start)


def act_from_modal(body: Body, verb: ActionType, reason: RejectionReason | None, note: str | None) -> ActJob | None:
    """Return what was decided in a modal that a suggestion's button opened."""
    view, place = part(body, "view"), place_of_view(body)
    kept = _metadata(view)
    target = about(text(kept, "about"))
    if target is None or place is None or not text(view, "id"):
        return None
    marks = (Marked(record_id=text(mark, "record_id"), text=text(mark, "text")) for mark in parts(kept, "marks"))
    return ActJob(
        key=_key("view", text(view, "id"), text(view, "hash")),
        place=place,
        log_id=target.log_id,
        record_id=target.record_id,
        verb=verb,
        reason=reason,
        note=note,
        confirmed=is_ticked(body, CONFIRMED, CONFIRMED),
        start=target.start,
        marks=tuple(mark for mark in marks if mark.record_id),
    )


def move_from_click(body: Body) -> MoveJob | None:
    """Return where a broker's click moves a case."""
    action, place = clicked(body), place_of(body)
    case = about_case(text(action, "value"))
    state = state_of(body)
    if case is None or place is None or state not in set(CaseState):
        return None
    key = _click_key(body, action)
    return MoveJob(key=key, place=place, case_id=case.case_id, version=case.version, state=state)


def move_from_modal(body: Body, reason: str | None, note: str | None) -> MoveJob | None:
    """Return where a broker moved a case, with the reason given in a modal."""
    view, place = part(body, "view"), place_of_view(body)
    kept = _metadata(view)
    case, state = about_case(text(kept, "about")), text(kept, "state")
    if case is None or place is None or state not in set(CaseState) or not text(view, "id"):
        return None
    return MoveJob(
        key=_key("view", text(view, "id"), text(view, "hash")),
        place=place,
        case_id=case.case_id,
        version=case.version,
        state=state,
        reason=reason if reason in set(CaseReason) else None,
        note=note,
    )


def metadata(body: Body) -> str:
    """Return what a modal has to remember of where it was opened from, and what it is about."""
    place, action = place_of(body), clicked(body)
    kept = {
        "place": place.model_dump(exclude_none=True, exclude_defaults=True) if place else {},
        "about": text(action, "value"),
        "state": state_of(body),
    }
    whole = json.dumps({**kept, "marks": [mark.model_dump() for mark in _marks(body)]})
    return whole if len(whole) <= MAX_METADATA else json.dumps(kept)


def place_of_view(body: Body) -> SlackPlace | None:
    """Return where a modal was opened from, with who submits it now."""
    here = place_of(body)
    if here is None:
        return None
    kept = part(_metadata(part(body, "view")), "place")
    try:
        return SlackPlace(**{**kept, "team": here.team, "user": here.user, "enterprise": here.enterprise})
    except (ValidationError, TypeError):
        return here


def state_of(body: Body) -> str:
    """Return the state that a broker's click moves a case to."""
    return text(clicked(body), "action_id").partition(":")[2]


def submitted(body: Body, block_id: str, action_id: str) -> str:
    """Return what was chosen or written in a modal's field, or nothing."""
    field = part(body, "view", "state", "values", block_id, action_id)
    return (text(field, "value") or text(field, "selected_option", "value")).strip()


def is_ticked(body: Body, block_id: str, action_id: str) -> bool:
    """Tell whether a modal's box was ticked."""
    return bool(parts(body, "view", "state", "values", block_id, action_id, "selected_options"))


def _metadata(view: Body) -> Body:
    try:
        kept = json.loads(text(view, "private_metadata") or "{}")
    except (ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def place_of(body: Body) -> SlackPlace | None:
    """Return where an interaction happened."""
    team = text(body, "team", "id") or text(body, "team_id") or text(body, "user", "team_id")
    user = text(body, "user_id") or text(body, "user", "id")
    channel = text(body, "channel_id") or text(body, "channel", "id") or None
    if not team or not user:
        return None
    container, message = part(body, "container"), part(body, "message")
    return SlackPlace(
        team=team,
        enterprise=text(body, "enterprise", "id") or text(body, "enterprise_id") or None,
        user=user,
        channel=channel,
        thread=text(message, "thread_ts") or text(container, "thread_ts") or None,
        # Outside a channel, as in App Home, there is nowhere for such an answer to be seen.
        response_url=(text(body, "response_url") or None) if channel else None,
        private=bool(container.get("is_ephemeral")) or text(message, "subtype") == "ephemeral",
        message=text(message, "ts") or text(container, "message_ts") or text(body, "message_ts") or None,
    )


def clicked(body: Body) -> Body:
    """Return the element that was used."""
    return next(iter(parts(body, "actions")), {})


def _marks(body: Body) -> tuple[Marked, ...]:
    return tuple(
        Marked(record_id=text(block, "block_id").removeprefix(MARK), text=text(parts(block, "elements")[0], "text"))
        for block in parts(body, "message", "blocks")
        if text(block, "block_id").startswith(MARK) and parts(block, "elements")
    )


def _click_key(body: Body, action: Body) -> str:
    place = place_of(body)
    where = text(body, "container", "message_ts") or text(body, "container", "view_id")
    who = (place.team, place.user) if place else ()
    return _key("action", *who, where, *(text(action, name) for name in ("block_id", "action_id", "action_ts")))


def _key(*names: str) -> str:
    return _short(":".join(("slack", *names)))


def _short(key: str) -> str:
    """Return a key as it can be kept; one that is cut short would be that of another."""
    if len(key) <= MAX_KEY:
        return key
    return f"{':'.join(key.split(':')[:2])[:40]}:{hashlib.sha256(key.encode()).hexdigest()}"
