"""Whether Slack would take a message or a view, by three judges that we did not write: Slack's types as a schema,
Slack's Python models, and the limits that it only enforces when asked."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block as SlackBlock
from slack_sdk.models.views import View as SlackView

FIXTURES = Path(__file__).parent / "fixtures"
MAX_BLOCKS, MAX_VIEW_BLOCKS, MAX_SIZE, MAX_TEXT = 50, 100, 12_000, 4_000


@cache
def schema(name: str, definition: str) -> Draft7Validator:
    loaded: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return Draft7Validator({"$ref": f"#/definitions/{definition}", "definitions": loaded["definitions"]})


def faults(blocks: list[dict[str, Any]]) -> list[str]:
    """Return what is wrong with blocks, by all judges."""
    found = []
    for block in blocks:
        definition = _definition(str(block.get("type")))
        if definition is None:
            return [f"Slack knows no block of type {block.get('type')!r}"]
        found += [f"{error.json_path}: {error.message}" for error in schema("view", definition).iter_errors(block)]
    models: list[SlackBlock | None] = list(SlackBlock.parse_all(json.loads(json.dumps(blocks))))
    for block, model in zip(blocks, models, strict=True):
        if model is None:
            found.append(f"slack_sdk knows no block like {block['type']}")
            continue
        model.to_dict()
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        found.append(f"a block_id stands twice: {ids}")
    for block in blocks:
        acts = [element.get("action_id") for element in block.get("elements", []) if "action_id" in element]
        if len(acts) != len(set(acts)):
            found.append(f"an action_id stands twice in a block: {acts}")
    return found


@cache
def _definition(block_type: str) -> str | None:
    """Return the name of a block's type among Slack's; asking of each by itself says more plainly what is wrong."""
    definitions: dict[str, Any] = json.loads((FIXTURES / "view.json").read_text(encoding="utf-8"))["definitions"]
    known = {one["$ref"].rpartition("/")[2] for one in definitions["KnownBlock"]["anyOf"]}
    return next(
        (n for n in known if definitions[n].get("properties", {}).get("type", {}).get("const") == block_type), None
    )


def assert_message(message: Any, max_size: int = MAX_SIZE) -> None:
    """Assert that Slack takes a message."""
    blocks = message["blocks"]
    assert faults(blocks) == []
    assert 1 <= len(blocks) <= MAX_BLOCKS
    assert len(json.dumps(blocks)) <= max_size
    assert 1 <= len(message["text"]) <= MAX_TEXT
    assert_no_markup_of_data(message["text"])
    assert_verbatim(blocks)


def assert_view(view: Any) -> None:
    """Assert that Slack takes a modal or an App Home."""
    definition = "HomeView" if view["type"] == "home" else "ModalView"
    errors = [f"{error.json_path}: {error.message}" for error in schema("view", definition).iter_errors(view)]
    assert errors == []
    SlackView(**json.loads(json.dumps(view))).to_dict()
    assert faults(view["blocks"]) == []
    assert 1 <= len(view["blocks"]) <= MAX_VIEW_BLOCKS
    assert len(view.get("private_metadata", "")) <= 3_000
    for part in ("title", "submit", "close"):
        assert len(view.get(part, {}).get("text", "")) <= 24
    assert_verbatim(view["blocks"])


def assert_no_markup_of_data(text: str) -> None:
    assert "<!" not in text
    assert "<@" not in text
    assert "<#" not in text
    assert "<http" not in text


def assert_verbatim(blocks: list[dict[str, Any]]) -> None:
    """Assert that no text object makes links or mentions of data."""
    for found in _texts(blocks):
        assert found.get("verbatim") is True
        assert_no_markup_of_data(found["text"].replace("<@U", "").replace("<#C", ""))


def _texts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    if not isinstance(value, dict):
        return []
    own = [value] if value.get("type") == "mrkdwn" else []
    return own + [text for one in value.values() for text in _texts(one)]
