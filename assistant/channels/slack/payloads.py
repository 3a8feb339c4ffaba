"""From what Slack sends to jobs: pure functions of a request's body.

Invariant: what is read here was signed by Slack, yet nothing is taken for granted: what is not there gives None.
Text comes out as it was written, without Slack's escapes; mentions of people are dropped, since they are nobody's
business but theirs.
"""

from __future__ import annotations

import html
import json
import re
from typing import Any

from assistant.channels.slack.inbox import MAX_KEY
from assistant.channels.slack.jobs import ActJob, AskJob, MoreJob, MoveJob, WhyJob
from assistant.channels.slack.places import Place
from assistant.render.slack import MARK, Marked
from assistant.render.slack_actions import ActionId, about, about_case
from assistant.service.turns import NotForUs, Verb
from corpus.records import Kind

Body = dict[str, Any]
MAX_METADATA = 3_000
"""Characters that Slack keeps for a modal."""
_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_VERBS: dict[str, Verb] = {
    ActionId.INTRODUCE: Verb.INTRODUCE,
    ActionId.MORE_LIKE_THIS: Verb.MORE_LIKE_THIS,
    ActionId.SHARE: Verb.SHARE,
}


def written(text: str) -> str:
    """Return what a person wrote, without Slack's markup."""
    return " ".join(html.unescape(_MARKUP.sub(_plain, text)).split())


def _plain(match: re.Match[str]) -> str:
    sign, target, label = match.groups()
    if sign in {"@", "!"}:
        return " "
    if sign == "#":
        return f"#{label}" if label else " "
    return label or target


def ask_from_event(body: Body) -> AskJob | None:
    """Return what was asked in a mention or a direct message; None for edits, bots and what is no question."""
    event: Body = body.get("event") or {}
    direct = event.get("channel_type") == "im"
    is_mention = event.get("type") == "app_mention" and not str(event.get("channel", "")).startswith("D")
    is_message = event.get("type") == "message" and direct and event.get("subtype") in {None, "file_share"}
    if not (is_mention or is_message) or event.get("bot_id") or event.get("edited"):
        return None
    team, user = body.get("team_id") or event.get("team"), event.get("user")
    channel, ts = event.get("channel"), event.get("ts")
    key = body.get("event_id")
    if not (team and user and channel and ts and key):
        return None
    thread = event.get("thread_ts") or ts
    place = Place(team=team, enterprise=body.get("enterprise_id"), user=user, channel=channel, thread=thread)
    return AskJob(
        key=_key("event", key),
        place=place,
        conversation=f"slack:{team}:{channel}:{thread}",
        text=written(event.get("text") or ""),
    )


def ask_from_command(body: Body) -> AskJob | None:
    """Return what was asked with the command; only the asker sees the answer."""
    place, trigger = place_of(body), body.get("trigger_id")
    if place is None or not trigger:
        return None
    return AskJob(
        key=_key("trigger", trigger),
        place=place.model_copy(update={"private": True}),
        conversation=f"slack:{place.team}:command:{trigger}"[:MAX_KEY],
        text=written(body.get("text") or ""),
    )


def ask_from_modal(body: Body, text: str) -> AskJob | None:
    """Return what was asked in a modal; the answer goes where the modal was opened from."""
    view, place = body.get("view") or {}, place_of_view(body)
    if place is None or not view.get("id"):
        return None
    return AskJob(
        key=_key("view", view["id"], view.get("hash")),
        place=place.model_copy(update={"private": True, "thread": None}),
        conversation=f"slack:{place.team}:modal:{view['id']}",
        text=" ".join(text.split()),
    )


def act_from_click(body: Body) -> ActJob | None:
    """Return what a click on a suggestion's button does at once."""
    action, place = clicked(body), place_of(body)
    said = about(str(action.get("value", "")))
    verb = _VERBS.get(str(action.get("action_id", "")))
    if said is None or place is None or verb is None:
        return None
    return ActJob(
        key=_click_key(body, action),
        place=place,
        log_id=said.log_id,
        record_id=said.record_id,
        verb=verb,
        start=said.start,
        marks=_marks(body),
    )


def feedback_from_click(body: Body) -> ActJob | None:
    """Return what somebody thought of an answer."""
    action, place = clicked(body), place_of(body)
    value, _, opinion = str(action.get("value", "")).rpartition("|")
    said = about(value)
    verb = {"helpful": Verb.HELPFUL, "not_helpful": Verb.NOT_HELPFUL}.get(opinion)
    if said is None or place is None or verb is None:
        return None
    return ActJob(key=_click_key(body, action), place=place, log_id=said.log_id, verb=verb)


def more_from_click(body: Body) -> MoreJob | None:
    """Return which suggestions somebody wants to see."""
    action, place = clicked(body), place_of(body)
    said = about(str(action.get("value", "")))
    if said is None or place is None or said.record_id not in set(Kind):
        return None
    kind = Kind(said.record_id)
    return MoreJob(key=_click_key(body, action), place=place, log_id=said.log_id, record_kind=kind, start=said.start)


def why_from_click(body: Body) -> WhyJob | None:
    """Return the suggestion that somebody wants to see behind."""
    action, place = clicked(body), place_of(body)
    said = about(str(action.get("value", "")))
    if said is None or place is None or said.record_id is None:
        return None
    return WhyJob(key=_click_key(body, action), place=place, log_id=said.log_id, record_id=said.record_id)


def act_from_modal(body: Body, verb: Verb, reason: NotForUs | None, note: str | None) -> ActJob | None:
    """Return what was decided in a modal that a suggestion's button opened."""
    view, place = body.get("view") or {}, place_of_view(body)
    said = about(str(_metadata(view).get("about")))
    if said is None or place is None or not view.get("id"):
        return None
    return ActJob(
        key=_key("view", view["id"], view.get("hash")),
        place=place,
        log_id=said.log_id,
        record_id=said.record_id,
        verb=verb,
        reason=reason,
        note=note,
        start=said.start,
        marks=tuple(Marked(**mark) for mark in _metadata(view).get("marks", ())),
    )


def move_from_click(body: Body) -> MoveJob | None:
    """Return where a broker's click moves a case."""
    action, place = clicked(body), place_of(body)
    case = about_case(str(action.get("value", "")))
    state = state_of(body)
    if case is None or place is None or not state:
        return None
    key = _click_key(body, action)
    return MoveJob(key=key, place=place, case_id=case.case_id, version=case.version, state=state)


def move_from_modal(body: Body, reason: str | None, note: str | None) -> MoveJob | None:
    """Return where a broker moved a case, with the reason given in a modal."""
    view, place = body.get("view") or {}, place_of_view(body)
    kept = _metadata(view)
    case, state = about_case(str(kept.get("about"))), kept.get("state")
    if case is None or place is None or not state or not view.get("id"):
        return None
    return MoveJob(
        key=_key("view", view["id"], view.get("hash")),
        place=place,
        case_id=case.case_id,
        version=case.version,
        state=state,
        reason=reason,
        note=note,
    )


def metadata(body: Body) -> str:
    """Return what a modal has to remember of where it was opened from, and what it is about."""
    place, action = place_of(body), clicked(body)
    kept = {
        "place": place.model_dump(exclude_none=True, exclude_defaults=True) if place else {},
        "about": action.get("value"),
        "state": state_of(body),
    }
    whole = json.dumps({**kept, "marks": [mark.model_dump() for mark in _marks(body)]})
    return whole if len(whole) <= MAX_METADATA else json.dumps(kept)


def place_of_view(body: Body) -> Place | None:
    """Return where a modal was opened from, with who submits it now."""
    here = place_of(body)
    if here is None:
        return None
    kept = _metadata(body.get("view") or {}).get("place") or {}
    return Place(**{**kept, "team": here.team, "user": here.user, "enterprise": here.enterprise})


def state_of(body: Body) -> str:
    """Return the state that a broker's click moves a case to."""
    return str(clicked(body).get("action_id", "")).partition(":")[2]


def submitted(body: Body, block_id: str, action_id: str) -> str:
    """Return what was chosen or written in a modal's field, or nothing."""
    values = ((body.get("view") or {}).get("state") or {}).get("values") or {}
    field = (values.get(block_id) or {}).get(action_id) or {}
    return str(field.get("value") or (field.get("selected_option") or {}).get("value") or "").strip()


def _metadata(view: Body) -> Body:
    try:
        kept = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def place_of(body: Body) -> Place | None:
    """Return where an interaction happened."""
    team = (body.get("team") or {}).get("id") or body.get("team_id") or (body.get("user") or {}).get("team_id")
    enterprise = (body.get("enterprise") or {}).get("id") or body.get("enterprise_id")
    user = body.get("user_id") or (body.get("user") or {}).get("id")
    container = body.get("container") or {}
    message = body.get("message") or {}
    channel = body.get("channel_id") or (body.get("channel") or {}).get("id") or None
    if not team or not user:
        return None
    return Place(
        team=team,
        enterprise=enterprise,
        user=user,
        channel=channel,
        thread=message.get("thread_ts") or container.get("thread_ts"),
        # Outside a channel, as in App Home, there is nowhere for such an answer to be seen.
        response_url=body.get("response_url") if channel else None,
        private=bool(container.get("is_ephemeral")) or message.get("subtype") == "ephemeral",
        message=message.get("ts") or container.get("message_ts") or body.get("message_ts"),
    )


def clicked(body: Body) -> Body:
    """Return the element that was used."""
    found: list[Body] = body.get("actions") or [{}]
    return found[0]


def _marks(body: Body) -> tuple[Marked, ...]:
    blocks = (body.get("message") or {}).get("blocks") or []
    found = [block for block in blocks if str(block.get("block_id", "")).startswith(MARK) and block.get("elements")]
    return tuple(
        Marked(record_id=block["block_id"].removeprefix(MARK), text=block["elements"][0].get("text", ""))
        for block in found
    )


def _click_key(body: Body, action: Body) -> str:
    place = place_of(body)
    container = body.get("container") or {}
    where = container.get("message_ts") or container.get("view_id")
    return _key(
        "action",
        place and place.team,
        place and place.user,
        where,
        action.get("block_id"),
        action.get("action_id"),
        action.get("action_ts"),
    )


def _key(*parts: object) -> str:
    import hashlib

    key = ":".join(("slack", *(str(part or "") for part in parts)))
    # A key that is cut short would be that of another.
    return key if len(key) <= MAX_KEY else f"slack:{parts[0]}:{hashlib.sha256(key.encode()).hexdigest()}"
