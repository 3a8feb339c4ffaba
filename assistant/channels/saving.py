"""Saved needs where people write: saved from an answer or in words, and decided on by the buttons of their messages.

Invariant: a button decides on nothing but a need of whoever presses it, and only stops, mutes or changes how often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.dialogue.conversation import Intent
from assistant.platform.messages import messages
from assistant.platform.workdays import norwegian_day
from assistant.render.saved import NewsLine, SavedShown, SavedVerb
from assistant.saved.digest import Digest, news_sentence, saved_needs_of
from assistant.saved.needs import Every, SavedNeed, TooManySavedError
from assistant.service.messages import UnknownAnswerError

if TYPE_CHECKING:
    from assistant.platform.people import Asker
    from assistant.service.container import Runtime
    from assistant.service.messages import Reply


def asks_to_save(reply: Reply) -> bool:
    """Tell whether a reply is to somebody who wants to keep the answer before it."""
    return reply.told is not None and reply.told.about is Intent.SAVE


def last_answer(runtime: Runtime, asker: Asker, conversation: str) -> str | None:
    """Return the log id of the last answer of a thread, None where there is none."""
    return runtime.service.state_of(asker, conversation).answer_id


def save(runtime: Runtime, asker: Asker, log_id: str, reply_to: str) -> SavedNeed | str:
    """Save the need of an answer, with news once a week; where it cannot be saved, return the key of why.

    Args:
        runtime: Where it is saved.
        asker: Who wants to hear.
        log_id: The answer.
        reply_to: Where the channel reaches them.
    """
    try:
        return saved_needs_of(runtime).save(asker, log_id, None, reply_to=reply_to)
    except UnknownAnswerError:
        return "slack.stale"
    except TooManySavedError:
        return "saved.too_many"


def decide(runtime: Runtime, asker: Asker, need_id: str, verb: SavedVerb, record_id: str | None) -> SavedNeed | None:
    """Do what a button says with a need of somebody's, and return it as it is then; None where it is stopped now.

    Args:
        runtime: Where needs are saved.
        asker: Who pressed the button.
        need_id: The need.
        verb: What the button does.
        record_id: Of what nothing more is to be told, where that is what it does.

    Raises:
        UnknownSavedNeedError: there is no such need any more, or it is not theirs.
    """
    needs = saved_needs_of(runtime)
    need = needs.owned(need_id, asker)
    match verb:
        case SavedVerb.STOP:
            Digest(runtime, needs).stop(need)
            return None
        case SavedVerb.MUTE if record_id:
            needs.mute(need, record_id)
        case SavedVerb.DAY | SavedVerb.WEEK:
            needs.choose(need, Every(verb))
    return needs.owned(need_id, asker)


def shown(need: SavedNeed) -> SavedShown:
    """Return a need as channels show it, in the language that its news are told in."""
    catalog = messages(need.language)
    return SavedShown(
        need_id=need.id,
        log_id=need.log_id,
        question=need.question,
        every=need.every,
        saved_on=catalog.date(norwegian_day(need.created_at).isoformat()),
        until=catalog.date(need.kept_until.isoformat()),
        lines=tuple(NewsLine(record_id=one.record_id, told=news_sentence(one, catalog)) for one in need.news),
    )
