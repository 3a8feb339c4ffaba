"""An answer of the log asked for again: what was suggested then, and what would be today.

Invariant: the same question, language, refinement and facts are used as then; nothing is logged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue.conversation import ConversationState
from assistant.dialogue.understanding import Question
from assistant.history.log_entries import EntryKind, LogError
from assistant.service.stored_answers import StoredAnswer, suggestions_of
from corpus.text import Frozen

if TYPE_CHECKING:
    from assistant.service.container import Runtime


class ReplayReport(Frozen):
    """An answer held against today's."""

    lines: tuple[str, ...]
    differs: bool


def replay(runtime: Runtime, log_id: str) -> ReplayReport:
    """Return an answer with what has changed since.

    Raises:
        UnknownEntryError: no entry has that id.
        LogError: the entry is no answer, or what was asked is not kept any more.
    """
    entry = runtime.service.log.get(log_id)
    if entry.kind is EntryKind.QUESTION:
        answered = runtime.service.log.entries(kind=EntryKind.ANSWER, about=log_id, limit=1)
        entry = next(answered, entry)
    if entry.kind is not EntryKind.ANSWER or "suggestions" not in entry.payload:
        raise LogError(f"Entry {log_id} is no answer with suggestions, so that there is nothing to replay.")
    shown = StoredAnswer.read(entry)
    if shown is None:
        raise LogError(f"Entry {log_id}: what was asked is not kept any more, so that it cannot be asked again.")
    answer = runtime.matchmaker.answer(
        Question(text=shown.question, language=shown.reply.language), shown.top_k, shown.refinement, shown.facts
    )
    state = ConversationState(question=shown.question, refinement=shown.refinement, facts=shown.facts)
    today = suggestions_of(answer, state)["suggestions"]
    then = entry.payload["suggestions"]
    changed = " (changed since)" if entry.fingerprint != answer.index.fingerprint else ""
    other = " (another one today)" if entry.encoder != answer.index.encoder else ""
    lines = [
        f"question     {shown.question}",
        f"asked        {entry.at:%Y-%m-%d %H:%M} UTC, {entry.channel}, version {entry.version}",
        f"records      {entry.fingerprint}{changed}",
        f"encoder      {entry.encoder}{other}",
    ]
    for kind in dict.fromkeys(one["kind"] for one in (*then, *today)):
        before = [one for one in then if one["kind"] == kind]
        now = {one["id"]: one for one in today if one["kind"] == kind}
        lines.append(f"{kind}:")
        lines += [f"  {_line(one)}{_change(one, now)}" for one in before]
        new = now.keys() - {one["id"] for one in before}
        lines += [f"  +  {one['id']} (today {one['rank']}.)" for one in now.values() if one["id"] in new]
    differs = then != today
    lines.append("Today's answer differs." if differs else "Today's answer is the same.")
    return ReplayReport(lines=tuple(lines), differs=differs)


def _line(one: dict[str, object]) -> str:
    return f"{one['rank']}. {one['id']} ({one['confidence']}, {one['score']:.3f})"


def _change(one: dict[str, object], today: dict[str, dict[str, object]]) -> str:
    now = today.get(str(one["id"]))
    if now is None:
        return "  – not suggested today"
    return "" if now == one else f"  – today {_line(now)}"
