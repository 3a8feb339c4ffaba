"""How channels that work by jobs call the service: in threads of its own, a few at a time, and what came of an act.

Invariant: a search that is slow keeps no channel from being answered, and nobody sees an answer of another's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import anyio
import anyio.to_thread

from assistant.platform.workdays import norwegian_day
from assistant.render.replies import choice_labels
from assistant.service.messages import UnknownAnswerError, UserMessage

if TYPE_CHECKING:
    from assistant.channels.jobs import ChoiceJob, QuestionJob
    from assistant.platform.messages import Messages
    from assistant.platform.people import Asker
    from assistant.service.container import Runtime
    from assistant.service.messages import ActionReceipt, ActionType, LoggedAnswer, Reply, UserAction

SEARCHES = 2
"""Threads that the service gets."""
Result = TypeVar("Result")


class Sender(NamedTuple):
    """Who a job is of."""

    asker: Asker
    reply_to: str
    """Where the channel reaches them later."""


class ChosenReply(NamedTuple):
    """The reply to a choice."""

    chosen: str
    """The words of what was chosen."""
    reply: Reply


class ServiceCalls:
    """Calls the service for the jobs of one channel."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._threads = anyio.CapacityLimiter(SEARCHES)

    async def ask(self, job: QuestionJob, sender: Sender) -> Reply:
        """Return the reply to a question.

        Raises:
            PersonalDataError: it seems to be about a certain person, and nobody has said that it is meant.
        """
        message = UserMessage(
            key=job.key,
            asker=sender.asker,
            conversation=job.conversation,
            text=job.text,
            shortened=job.shortened,
            reply_to=sender.reply_to,
            redacted=job.redacted,
            cleared=job.cleared,
            confirmed=job.confirmed,
        )
        return await self.threaded(lambda: self._runtime.service.handle(message))

    async def choose(self, job: ChoiceJob, sender: Sender) -> ChosenReply | None:
        """Go on with what somebody meant, as if they had written it in the thread of the reply; None where none is.

        Raises:
            PersonalDataError: it seems to be about a certain person.
        """
        logged = await self.logged(job.log_id, sender.asker)
        labels = choice_labels(logged.reply) if logged else []
        if not 1 <= job.number <= len(labels):
            return None
        chosen = labels[job.number - 1]
        message = UserMessage(
            key=job.key,
            asker=sender.asker,
            conversation=job.key,
            after=job.log_id,
            text=chosen,
            reply_to=sender.reply_to,
        )
        return ChosenReply(chosen, await self.threaded(lambda: self._runtime.service.handle(message)))

    async def act(self, action: UserAction) -> ActionReceipt:
        """Do something with an answer.

        Raises:
            UnknownAnswerError: the answer is not there, or not for them.
            UnknownSuggestionError: it has no such suggestion.
            PersonalDataError: the note seems to be about a certain person.
            CaseError: a case cannot be opened or moved so.
        """
        return await self.threaded(lambda: self._runtime.service.act(action))

    async def logged(self, log_id: str, asker: Asker) -> LoggedAnswer | None:
        """Return an answer; None where it is not there or not for who asks: nobody sees a thing of another tenant."""
        try:
            return await self.threaded(lambda: self._runtime.service.logged(log_id, asker))
        except UnknownAnswerError:
            return None

    async def threaded(self, call: Callable[[], Result]) -> Result:
        """Return what a call returns that is made in one of the service's threads."""
        return await anyio.to_thread.run_sync(call, limiter=self._threads)


def receipt_sentence(receipt: ActionReceipt, verb: ActionType, catalog: Messages) -> str:
    """Return what came of an act."""
    date = catalog.date(norwegian_day(receipt.at).isoformat()) if receipt.at else ""
    state = catalog.text(f"case.state.{receipt.case.state}") if receipt.case else ""
    return catalog.text(f"slack.receipt.{verb}.{receipt.kind}", date=date, state=state)
