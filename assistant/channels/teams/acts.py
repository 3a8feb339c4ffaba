"""What an act on a card asks of the service, and what others are told of it; pure.

Invariant: a row names a suggestion by its place in the answer, so that a card of an answer that is gone does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from assistant.platform.messages import messages
from assistant.render.sentences import name_of
from assistant.service.messages import ActionReceipt, ActionReceiptKind, ActionType, UserAction

if TYPE_CHECKING:
    from assistant.channels.teams.jobs import ActJob
    from assistant.platform.messages import Messages
    from assistant.service.messages import LoggedAnswer

_ANNOUNCED = {ActionType.INTRODUCE, ActionType.NOT_FOR_US}
"""What others in a chat or channel are told that somebody did."""
_NEW = {ActionReceiptKind.CASE_OPENED, ActionReceiptKind.NOTED}


class DoneAct(NamedTuple):
    """What came of an act on a suggestion."""

    record_id: str | None
    """The suggestion; None where the act was on the whole answer."""
    receipt: ActionReceipt


def missing_input(job: ActJob, catalog: Messages) -> str | None:
    """Return what has to be told first; None where nothing lacks."""
    if job.verb is ActionType.ASK_BROKER and not job.note:
        return catalog.text("slack.ask_broker.no_words")
    if job.verb is ActionType.NOT_FOR_US and not job.rows:
        return catalog.text("teams.pick_first")
    if job.verb is ActionType.NOT_FOR_US and job.reason is None:
        return catalog.text("slack.choose_first")
    return None


def actions_of(job: ActJob, logged: LoggedAnswer) -> list[UserAction]:
    """Return what is asked of the service: an action for each suggestion, or one on the whole answer."""
    records: list[str | None] = [_record_at(job, logged, number) for number in range(len(job.rows))]
    return [
        UserAction(
            key=f"{job.key}:{number}",
            asker=job.place.asker(),
            log_id=job.about.log_id,
            record_id=record,
            verb=job.verb,
            reason=job.reason,
            note=job.note,
            confirmed=job.confirmed,
            reply_to=job.place.address(),
        )
        for number, record in enumerate(records or [None], start=1)
    ]


def announcement(job: ActJob, logged: LoggedAnswer, done: Sequence[DoneAct]) -> str:
    """Return what others in a chat or channel are told that somebody did; empty where nothing is new to them."""
    answer = logged.reply.answer
    if not job.place.name or job.verb not in _ANNOUNCED or answer is None:
        return ""
    catalog = messages(logged.reply.language)
    new = {one.record_id for one in done if one.receipt.kind in _NEW}
    names = [
        name_of(suggestion, catalog).text
        for kind in answer.order
        for suggestion in answer.suggestions(kind)
        if suggestion.id in new
    ]
    if not names:
        return ""
    return catalog.text(f"teams.announce.{job.verb}", user=job.place.name, names=catalog.listed(names))


def _record_at(job: ActJob, logged: LoggedAnswer, number: int) -> str:
    """Return the suggestion that a row names, or a name that no suggestion has."""
    row, answer = job.rows[number], logged.reply.answer
    suggestions = answer.suggestions(row.kind) if answer else ()
    return suggestions[row.position - 1].id if 0 < row.position <= len(suggestions) else f"{row.kind}:-"
