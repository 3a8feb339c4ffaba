"""Reading what Slack sends, whatever shape it has.

Invariant: what is asked for is there in the shape that is asked for, or is told to be absent: a text is a text that can
be stored, a part is a dictionary, a list holds dictionaries. Nothing here raises.
"""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]
_DICTIONARIES = frozenset({"event", "view", "container", "message"})
_NAMES = frozenset(
    "type team_id enterprise_id api_app_id user_id channel_id trigger_id response_url event_id command callback_id ts "
    "thread_ts channel_type subtype bot_id event_ts challenge tab".split()
)
"""Texts of Slack's own, in plain letters."""
_NAMED = frozenset({"user", "team", "channel", "enterprise"})
"""An id, or a dictionary with one."""
_LISTS = frozenset({"actions", "authorizations", "attachments", "blocks"})
_TEXTS = frozenset({"text", "private_metadata", "hash"})


def is_known(body: Body) -> bool:
    """Tell whether a call has the shape of Slack's, as far as it is read here and by Slack's software."""
    event = body.get("event")
    parts = [body, event, *(body.get(name) for name in ("view", "container", "message"))]
    if isinstance(event, dict):
        parts.append(event.get("message"))
    if not all(_is_known_part(part) for part in parts if isinstance(part, dict)):
        return False
    if "event" in body and not (isinstance(event, dict) and event.get("type")):
        return False
    used = body.get("actions")
    return body.get("type") != "block_actions" or (
        isinstance(used, list) and bool(used) and all(map(_is_element, used))
    )


def _is_element(used: Body) -> bool:
    return isinstance(used.get("action_id"), str) and isinstance(used.get("block_id", ""), str)


def _is_known_part(part: Body) -> bool:
    return all(value is None or _fits(name, value) for name, value in part.items())


def _fits(name: str, value: object) -> bool:
    if name in _NAMES:
        return isinstance(value, str) and value.isascii()
    if name in _NAMED:
        return (isinstance(value, str) and value.isascii()) or (isinstance(value, dict) and _is_known_part(value))
    if name in _DICTIONARIES:
        return isinstance(value, dict)
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(one, dict) for one in value)
    return name not in _TEXTS or isinstance(value, str)


def at(body: object, *path: str) -> object:
    """Return what stands at a path, or None."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def text(body: object, *path: str) -> str:
    """Return the text at a path, or none."""
    value = at(body, *path)
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def part(body: object, *path: str) -> Body:
    """Return the dictionary at a path, or an empty one."""
    value = at(body, *path)
    return value if isinstance(value, dict) else {}


def parts(body: object, *path: str) -> list[Body]:
    """Return the dictionaries in the list at a path, or none."""
    value = at(body, *path)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
