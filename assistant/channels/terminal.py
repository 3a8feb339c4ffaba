"""The command line as a channel: what is typed or read from a file, as the service and the matchmaker take it.

Invariant: each question is a thread of its own; a line of a batch is not logged, and costs the other lines nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from corpus.text import Language

if TYPE_CHECKING:
    from assistant.matching.matchmaker import Matchmaker
    from assistant.platform.settings import Settings
    from assistant.service.messages import UserMessage


def incoming_of(
    text: str, settings: Settings, language: Language | None, top: int, *, is_question: bool
) -> UserMessage:
    """Return what was typed as a question for the service."""
    from uuid import uuid4

    from assistant.platform.people import Asker, Channel
    from assistant.service.messages import UserMessage

    asker = Asker(channel=Channel.TERMINAL, tenant="terminal", user=settings.user, language=language)
    key = uuid4().hex
    return UserMessage(key=key, asker=asker, conversation=key, text=text, top_k=top, is_question=is_question)


def batch_result(matchmaker: Matchmaker, line: str, language: Language | None, top: int) -> dict[str, Any]:
    """Return what a line of a batch is answered with: an answer, or why there is none."""
    from assistant.dialogue.need_turns import read_need
    from assistant.dialogue.refinement import Refinement
    from assistant.dialogue.understanding import Question
    from assistant.platform.errors import EmptyQuestionError
    from assistant.render.data import render_data

    question, base = Question(text=line, language=language), matchmaker.base()
    turn = read_need(question.text, base)
    try:
        answer = matchmaker.answer(
            question.model_copy(update={"bare": turn.bare}),
            top,
            Refinement().leaving_out(turn.without),
            turn.facts,
            base,
        )
        return render_data(answer, matchmaker.calendar(line))
    except EmptyQuestionError as error:
        return {"question": error.got, "error": str(EmptyQuestionError(error.got, language or Language.NB))}
