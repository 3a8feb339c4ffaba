"""What is done with a job: the service is asked, and its reply goes where it belongs.

Invariant: the service runs in threads, a few at a time, so that Slack is acknowledged while a search is slow; what
was done once is not done again, whoever clicks how often, and each who clicked is told so.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from assistant.channels.inbox import InboxEvent
from assistant.channels.saving import asks_to_save
from assistant.channels.service_calls import Sender, ServiceCalls, receipt_sentence
from assistant.channels.slack.jobs import (
    ActJob,
    AskJob,
    ChooseJob,
    MoreJob,
    MoveJob,
    SavedJob,
    SaveJob,
    WarnJob,
    WhyJob,
    asker_at,
    unpacked,
)
from assistant.platform.messages import messages
from assistant.render.slack import Marked, render_more, render_text, render_warning, render_why
from assistant.render.slack_replies import render_reply
from assistant.service.messages import (
    ActionReceiptKind,
    ActionType,
    PersonalDataError,
    UnknownAnswerError,
    UnknownSuggestionError,
    UserAction,
)
from corpus.records import Kind

if TYPE_CHECKING:
    from assistant.channels.slack.brokers import Brokers
    from assistant.channels.slack.delivery import Delivery
    from assistant.channels.slack.places import SlackPlace
    from assistant.channels.slack.saved import SavedNews
    from assistant.channels.slack.withheld import Withheld
    from assistant.platform.messages import Messages
    from assistant.render.block_kit import Message
    from assistant.service.container import Runtime
    from assistant.service.messages import LoggedAnswer, Reply

_MARKED = {ActionType.INTRODUCE: "slack.mark.introduce", ActionType.NOT_FOR_US: "slack.mark.not_for_us"}
_REMEMBERED = 500
"""Messages whose marks are remembered, since two who click at once both saw it without the other's mark."""


class JobHandler:
    """Does what people asked for."""

    def __init__(
        self, runtime: Runtime, delivery: Delivery, brokers: Brokers, news: SavedNews, withheld: Withheld
    ) -> None:
        self._runtime = runtime
        self._withheld = withheld
        self._delivery = delivery
        self.people = brokers.people
        self.brokers = brokers
        self.news = news
        self._calls = ServiceCalls(runtime)
        self._marks: OrderedDict[tuple[str | None, str], dict[str, Marked]] = OrderedDict()

    async def do(self, event: InboxEvent) -> None:
        """Do what was told."""
        match unpacked(event.job):
            case AskJob() as job:
                await self._ask(job)
            case ActJob() as job:
                await self._act(job)
            case MoreJob() as job:
                await self._more(job)
            case WhyJob() as job:
                await self._why(job)
            case ChooseJob() as job:
                await self._choose(job)
            case MoveJob() as job:
                await self.brokers.move(job)
            case SaveJob() as job:
                await self.news.save(job.place, job.log_id)
            case SavedJob() as job:
                await self.news.decide(job)
            case WarnJob() as job:
                await self._warn(job.place, self._withheld.take(job.key))

    async def tell_failed(self, event: InboxEvent, reference: str) -> None:
        """Tell somebody that what they asked for could not be done."""
        place = unpacked(event.job).place
        text = messages(await self.people.language(place)).text
        await self._delivery.tell(place, render_text(text("slack.failed", reference=reference)))

    async def show_again(self, place: SlackPlace, log_id: str) -> None:
        """Show somebody an answer of theirs once more."""
        logged = await self._logged(place, log_id)
        if logged is None:
            await self._stale(place)
        else:
            await self._delivery.answer(
                place.model_copy(update={"private": True}), self._rendered(logged.reply, private=True)
            )

    async def _ask(self, job: AskJob) -> None:
        text = messages(await self.people.language(job.place)).text
        if job.warning is not None:
            await self._delivery.replace(job.warning, render_text(text("slack.personal.sent")))
        status = asyncio.create_task(self._delivery.status(job.place, text("slack.searching")))
        try:
            reply = await self._calls.ask(job, _sender(job.place))
        except PersonalDataError:
            # Only what came before this release looked for it: from now on it is not taken in.
            await self._warn(job.place)
            return
        finally:
            # Slack takes the status away with the answer; one that came later would stay.
            status.cancel()
        if asks_to_save(reply):
            await self.news.save_in_words(job.place, job.conversation)
        else:
            await self._answer(job.place, reply)

    async def _answer(self, place: SlackPlace, reply: Reply) -> None:
        """Send a reply, and after it those to other needs of the same message."""
        for one in (reply, *reply.further):
            await self._delivery.answer(place, self._rendered(one, private=place.private))

    async def _choose(self, job: ChooseJob) -> None:
        """Go on with what somebody meant, as if they had written it in the thread of the reply."""
        try:
            choice = await self._calls.choose(job, _sender(job.place))
        except PersonalDataError:
            await self._warn(job.place)
            return
        if choice is None:
            await self._stale(job.place)
        else:
            await self._answer(job.place, choice.reply)

    async def _act(self, job: ActJob) -> None:
        logged = await self._logged(job.place, job.log_id)
        if logged is None:
            await self._stale(job.place)
            return
        act = UserAction(
            key=job.key,
            asker=asker_at(job.place),
            log_id=job.log_id,
            record_id=job.record_id,
            verb=job.verb,
            reason=job.reason,
            note=job.note,
            confirmed=job.confirmed,
            reply_to=job.place.address(),
        )
        try:
            receipt = await self._calls.act(act)
        except (UnknownAnswerError, UnknownSuggestionError):
            await self._stale(job.place)
            return
        except PersonalDataError:
            await self._warn(job.place)
            return
        if receipt.case is not None and receipt.kind is ActionReceiptKind.CASE_OPENED:
            await self.brokers.show(receipt.case)
        if receipt.reply is not None:
            await self._delivery.answer(job.place, self._rendered(receipt.reply, private=job.place.private))
            return
        catalog = messages(logged.reply.language)
        if job.verb is ActionType.SHARE:
            by = catalog.text("slack.shared_by", user=f"<@{job.place.user}>")
            await self._delivery.share(job.place, self._rendered(logged.reply, private=False, shared_by=by))
            return
        if job.verb in _MARKED and receipt.kind in {ActionReceiptKind.CASE_OPENED, ActionReceiptKind.NOTED}:
            await self._mark(job, logged, catalog)
        await self._delivery.tell(job.place, render_text(receipt_sentence(receipt, job.verb, catalog)))

    async def _more(self, job: MoreJob) -> None:
        logged = await self._logged(job.place, job.log_id)
        if logged is None or logged.reply.answer is None:
            await self._stale(job.place)
            return
        message = render_more(logged.reply.answer, job.log_id, job.record_kind, job.start)
        await self._delivery.answer(job.place, message)

    async def _why(self, job: WhyJob) -> None:
        logged = await self._logged(job.place, job.log_id)
        behind = render_why(logged.reply.answer, job.record_id) if logged and logged.reply.answer else None
        if behind is None:
            await self._stale(job.place)
        else:
            await self._delivery.answer(job.place, behind)

    async def _mark(self, job: ActJob, logged: LoggedAnswer, catalog: Messages) -> None:
        """Show in the message itself who did what, in place of the suggestion's buttons."""
        if not job.record_id or not job.place.message:
            return
        today = catalog.date(self.brokers.today().isoformat())
        text = catalog.text(_MARKED[job.verb], user=f"<@{job.place.user}>", date=today)
        marks = self._remembered(job)
        marks[job.record_id] = Marked(record_id=job.record_id, text=text)
        await self._delivery.replace(job.place, self._page(job, logged, marks))

    def _page(self, job: ActJob, logged: LoggedAnswer, marks: dict[str, Marked]) -> Message:
        if job.start and job.record_id and logged.reply.answer:
            kind = Kind(job.record_id.partition(":")[0])
            return render_more(logged.reply.answer, job.log_id, kind, job.start, marks=marks.values())
        return self._rendered(logged.reply, private=job.place.private, marks=marks.values())

    def _remembered(self, job: ActJob) -> dict[str, Marked]:
        key = (job.place.channel, job.place.message or "")
        marks = self._marks.setdefault(key, {})
        marks.update({mark.record_id: mark for mark in job.marks if mark.record_id not in marks})
        self._marks.move_to_end(key)
        while len(self._marks) > _REMEMBERED:
            self._marks.popitem(last=False)
        return marks

    def _rendered(self, reply: Reply, **how: Any) -> Message:  # noqa: ANN401 (as `render_reply` takes it)
        return render_reply(reply, self._runtime.settings.broker_contact, **how)

    async def _logged(self, place: SlackPlace, log_id: str) -> LoggedAnswer | None:
        return await self._calls.logged(log_id, asker_at(place))

    async def _stale(self, place: SlackPlace) -> None:
        text = messages(await self.people.language(place)).text
        await self._delivery.tell(place, render_text(text("slack.stale")))

    async def _warn(self, place: SlackPlace, sealed: str | None = None) -> None:
        """Warn somebody that what they wrote is not taken in, and, where it is at hand, let them send it all the same.

        Args:
            place: Where they wrote.
            sealed: What they wrote, as the warning's button holds it.
        """
        await self._delivery.tell(place, render_warning(messages(await self.people.language(place)), sealed))


def _sender(place: SlackPlace) -> Sender:
    return Sender(asker_at(place), place.address())
