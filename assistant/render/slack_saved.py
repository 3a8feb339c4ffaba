"""Saved needs in Slack: what was saved, what is new of it, and what App Home lists; pure.

Invariant: a message fits Slack's limits whatever the data holds; each line of news has its own button to hear no more
of it, and each message one to stop them all.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.platform.messages import Messages
from assistant.render.block_kit import Block, Message, actions, button, context, fit, header, section
from assistant.render.saved import SavedShown, SavedVerb
from assistant.render.slack import LINE
from assistant.render.slack_actions import AboutSaved, ActionId

SHOWN_AT_HOME = 10
"""Saved needs in App Home, the newest first."""
_NEWS = 600


def render_saved(catalog: Messages, shown: SavedShown) -> Message:
    """Return that a need is saved and when its asker hears of it, with how to change that."""
    text = catalog.text
    sentence = text(f"saved.channel.done.{shown.every}")
    way = shown.other_way
    row = [button(text(f"saved.channel.every.{way}"), _action(way), _about(shown)), _stop(catalog, shown)]
    blocks = [
        section(f"{sentence}\n«{fit(shown.question, LINE)}»"),
        actions(row, f"saved:{shown.need_id}"),
        context([text("saved.until", date=shown.until)]),
    ]
    return Message(text=sentence, blocks=blocks)


def render_news(catalog: Messages, shown: SavedShown) -> Message:
    """Return what is new of a saved need: a line for each thing, with a button to hear no more of it."""
    text = catalog.text
    title = text("saved.channel.news", on=shown.saved_on, need=fit(shown.question, LINE))
    blocks = [section(f"*{title}*")]
    for number, line in enumerate(shown.lines):
        block = section(fit(line.told, _NEWS), f"news:{number}")
        mute = text("saved.mute")
        block["accessory"] = button(
            mute, _action(SavedVerb.MUTE), _about(shown, line.record_id), label=f"{mute}: {line.told}"
        )
        blocks.append(block)
    if not shown.lines:
        blocks.append(section(text("saved.news.none")))
    again = button(text("slack.home.show_again"), ActionId.SHOW_AGAIN, shown.log_id, label=shown.question)
    blocks.append(actions([again, _stop(catalog, shown)], f"saved:{shown.need_id}"))
    return Message(text="\n".join([title, *(fit(line.told, _NEWS) for line in shown.lines)]), blocks=blocks)


def saved_at_home(catalog: Messages, needs: Sequence[SavedShown]) -> list[Block]:
    """Return the saved needs of somebody's App Home, each with its news and a button to stop it; none where none is."""
    if not needs:
        return []
    blocks = [header(catalog.text("saved.mine"))]
    for shown in needs[:SHOWN_AT_HOME]:
        news = [f"• {fit(line.told, LINE)}" for line in shown.lines] or [catalog.text("saved.news.none")]
        block = section("\n".join([f"«{fit(shown.question, LINE)}»", *news]))
        stop = catalog.text("saved.stop")
        block["accessory"] = button(
            stop, ActionId.STOP_AT_HOME, _about(shown), style="danger", label=f"{stop}: {shown.question}"
        )
        blocks.append(block)
    return blocks


def _stop(catalog: Messages, shown: SavedShown) -> Block:
    stop = catalog.text("saved.stop")
    return button(stop, _action(SavedVerb.STOP), _about(shown), label=f"{stop}: {shown.question}")


def _action(verb: SavedVerb) -> str:
    return f"{ActionId.SAVED}:{verb}"


def _about(shown: SavedShown, record_id: str | None = None) -> str:
    return AboutSaved(need_id=shown.need_id, record_id=record_id).packed()
