"""What the log keeps of an answer: for good its ids and figures, and for a while the answer as it was shown.

Invariant: what is kept for good holds nobody's words.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any, Self

from assistant.dialogue.conversation import ConversationState
from assistant.dialogue.refinement import Refinement
from assistant.funding.verdicts import Facts
from assistant.history.log_entries import EntryKind, LogEntry
from assistant.matching.answers import Answer, Scheme, Suggestion
from assistant.service.messages import LoggedAnswer, Reply
from corpus.text import Frozen, Language

_ASKED, _PACKED = "asked:", "zlib85:"
"""What stored text begins with: the question on a line of its own, which lists read, then all as JSON.

Earlier releases compressed the JSON here, or left the line out.
"""


class StoredAnswer(Frozen):
    """What is kept of an answer as long as it may be: the reply, and what it was found by."""

    reply: Reply
    question: str
    language: Language | None
    refinement: Refinement
    facts: Facts
    top_k: int

    @classmethod
    def of(cls, reply: Reply, state: ConversationState, top_k: int) -> Self:
        """Return what to keep of a reply and of the state that its thread has come to by it."""
        return cls(
            reply=reply,
            question=state.question or "",
            language=state.language,
            refinement=state.refinement,
            facts=state.facts,
            top_k=top_k,
        )

    @classmethod
    def read(cls, entry: LogEntry) -> StoredAnswer | None:
        """Return the answer of a log entry; None once its time is up, and for entries of other kinds."""
        if entry.kind is not EntryKind.ANSWER or not entry.text:
            return None
        kept = _LATELY.get(entry.text)
        if kept is None:
            kept = cls.model_validate_json(_unpacked(entry.text))
            _cache(entry.text, kept)
        return kept

    def written(self) -> str:
        """Return it as text to be stored."""
        plain = self.model_dump_json(exclude_defaults=True)
        text = f"{_ASKED}{json.dumps(self.question, ensure_ascii=False)}\n{plain}"
        _cache(text, self)
        return text

    def logged(self, entry: LogEntry, *, mine: bool) -> LoggedAnswer:
        """Return the answer for somebody who looks it up."""
        return LoggedAnswer(
            log_id=entry.log_id, at=entry.at, question=self.question or None, reply=self.reply, mine=mine
        )


def question_in(text: str | None) -> str | None:
    """Return what the stored text of an answer answers, without reading the answer; None once its time is up."""
    if not text:
        return None
    if text.startswith(_ASKED):
        return str(json.loads(text.partition("\n")[0].removeprefix(_ASKED)))
    return StoredAnswer.model_validate_json(_unpacked(text)).question


_LATELY: dict[str, StoredAnswer] = {}
"""By stored text, the answers written or read last: whoever asks is shown the answer at once, and goes on from it.

They are found by the text alone, so that what was taken away from the log is not shown from here.
"""
_KEPT_LATELY = 64


def _cache(text: str, shown: StoredAnswer) -> None:
    _LATELY[text] = shown
    for oldest in list(_LATELY)[:-_KEPT_LATELY]:
        _LATELY.pop(oldest, None)


def _unpacked(text: str) -> bytes | str:
    if text.startswith(_ASKED):
        text = text.partition("\n")[2]
    if not text.startswith(_PACKED):
        return text
    return zlib.decompress(base64.b85decode(text.removeprefix(_PACKED)))


def suggestions_of(answer: Answer, state: ConversationState) -> dict[str, Any]:
    """Return what the log keeps of an answer for good: ids and figures, nobody's words."""
    suggested = [
        {
            "kind": kind,
            "id": one.id,
            "rank": rank,
            "score": round(one.score, 4),
            "confidence": one.confidence,
        }
        | _verdicts(one)
        for kind in answer.order
        for rank, one in enumerate(answer.suggestions(kind), start=1)
    ]
    place = state.refinement.place
    return {
        "suggestions": suggested,
        "themes": list(answer.themes),
        "shortened": answer.shortened,
        "refinement": {
            "kind": state.refinement.kind,
            "place": place.name if place else None,
            "like": state.refinement.like,
            "without": list(state.refinement.without),
        },
    }


def _verdicts(suggestion: Suggestion) -> dict[str, Any]:
    if not isinstance(suggestion, Scheme):
        return {}
    return {"verdicts": {judged.criterion_id: judged.verdict for judged in suggestion.eligibility}}


def suggested(entry: LogEntry) -> set[str]:
    """Return the ids of the records that an answer suggested."""
    return {one["id"] for one in entry.payload.get("suggestions", ())}
