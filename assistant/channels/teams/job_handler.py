"""What is done with a job: the service is asked, and its reply goes where it belongs.

Invariant: the service runs in threads, a few at a time, so that Teams is answered while a search is slow; what was done
once is not done again, whoever clicks how often. Whoever waits for a click gets the card as it is now; where nobody
waits any more, the card itself is changed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from assistant.cases.cases import CaseError
from assistant.channels.saving import asks_to_save
from assistant.channels.service_calls import Sender, ServiceCalls, receipt_sentence
from assistant.channels.teams.acts import DoneAct, actions_of, announcement, missing_input
from assistant.channels.teams.answer_cards import AnswerCards
from assistant.channels.teams.connector import Message, Sent
from assistant.channels.teams.homes import Homes
from assistant.channels.teams.jobs import (
    ActJob,
    AskJob,
    ChooseJob,
    HomeJob,
    Job,
    MoreJob,
    MoveJob,
    SavedJob,
    SaveJob,
    SettingsJob,
    ShowAgainJob,
    WarnJob,
    WelcomeJob,
    unpacked,
)
from assistant.channels.teams.pending_clicks import ClickResult, PendingClicks
from assistant.channels.worker import TryLaterError, UnreachableError
from assistant.platform.messages import messages
from assistant.platform.redaction import redact
from assistant.render.cases import case_fault
from assistant.render.teams import render_text
from assistant.render.teams_actions import AboutHome
from assistant.render.teams_cards import render_warning, render_welcome, sentences_of
from assistant.service.messages import (
    ActionReceipt,
    ActionReceiptKind,
    ActionType,
    LoggedAnswer,
    PastAction,
    PersonalDataError,
    Reply,
    ReplyKind,
    UnknownAnswerError,
    UnknownSuggestionError,
)
from assistant.service.past_actions import past_actions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.channels.inbox import InboxEvent
    from assistant.channels.teams.brokers import Brokers
    from assistant.channels.teams.connector import Connector
    from assistant.channels.teams.places import TeamsPlace
    from assistant.channels.teams.saved import SavedNews
    from assistant.channels.teams.withheld import Sealed
    from assistant.platform.messages import Messages
    from assistant.render.adaptive import Card
    from assistant.service.container import Runtime

TYPING_SECONDS = 3.0
"""Seconds until it is shown once more that an answer is being made."""


class JobHandler:
    """Does what people asked for."""

    def __init__(
        self, runtime: Runtime, connector: Connector, sealed: Sealed, brokers: Brokers, news: SavedNews
    ) -> None:
        self._runtime = runtime
        self._connector = connector
        seals, self._withheld = sealed
        self._seals = seals
        self.people = brokers.people
        self._brokers = brokers
        self._news = news
        self._pages = AnswerCards(runtime.settings, seals)
        self._homes = Homes(runtime, seals, self.people)
        self._calls = ServiceCalls(runtime)
        self.clicks = PendingClicks()

    async def do(self, event: InboxEvent) -> None:
        """Do what was told."""
        job = unpacked(event.job)
        outcome = await self._done(job)
        if outcome is not None:
            await self._hand_over(job, outcome)

    async def tell_failed(self, event: InboxEvent, reference: str) -> None:
        """Tell somebody that what they asked for could not be done."""
        place = unpacked(event.job).place
        catalog = await self.people.catalog(place.asker())
        outcome = ClickResult(catalog.text("slack.failed", reference=reference))
        if self.clicks.settle(event.key, outcome):
            return
        if not place.conversation:
            place = place.model_copy(update={"conversation": await self._connector.conversation_with(place)})
        await self._say(place, outcome.text)

    async def stale(self, place: TeamsPlace) -> ClickResult:
        """Return what is said to whoever uses a button that does nothing any more."""
        return ClickResult((await self.people.catalog(place.asker())).text("slack.stale"))

    async def later(self, place: TeamsPlace) -> ClickResult:
        """Return what is said to whoever would have to wait longer than Teams does."""
        return ClickResult((await self.people.catalog(place.asker())).text("teams.later"))

    async def refused(self, job: Job) -> ClickResult | None:
        """Return why a click is not even taken in: what was written with it seems to be about a certain person."""
        if not isinstance(job, ActJob) or not job.note or job.confirmed or not redact(job.note).personal:
            return None
        logged = await self._logged(job.place, job.about.log_id)
        if logged is None:
            return await self.stale(job.place)
        notice = messages(logged.reply.language).text("personal.what")
        return ClickResult(notice, await self._page(job, logged, notice, draft=job.note))

    async def _done(self, job: Job) -> ClickResult | None:
        match job:
            case ActJob():
                return await self._act(job)
            case MoreJob():
                return await self._more(job)
            case ChooseJob():
                return await self._choose(job)
            case ShowAgainJob():
                return await self._show_again(job)
            case HomeJob():
                return await self._home(job)
            case SettingsJob():
                return await self._settings(job)
            case MoveJob():
                notice, card = await self._brokers.move(job)
                return ClickResult(notice, card)
            case SaveJob(place=place, log_id=log_id):
                return ClickResult(await self._news.save(place, log_id))
            case SavedJob():
                return await self._decide(job)
            case AskJob() | WelcomeJob() | WarnJob():
                await self._answer(job)
        return None

    async def _answer(self, job: AskJob | WelcomeJob | WarnJob) -> None:
        """Say something to what is no click."""
        match job:
            case AskJob():
                await self._ask(job)
            case WelcomeJob(place=place):
                catalog = await self.people.catalog(place.asker())
                await self._send(place, catalog.text("teams.welcome.what"), self._welcome(place, catalog))
            case WarnJob(place=place, key=key):
                await self._warn(place, self._withheld.take(key))

    async def _ask(self, job: AskJob) -> None:
        place = job.place
        if job.confirmed and place.message:
            # The warning gives way to this before the answer is there.
            sent = (await self.people.catalog(place.asker())).text("slack.personal.sent")
            await self._hand_over(job, ClickResult(sent, render_text(sent)))
        if not place.conversation:
            place = place.model_copy(update={"conversation": await self._connector.conversation_with(place)})
        typing = asyncio.create_task(self._typing(place))
        try:
            reply = await self._calls.ask(job, _sender(place))
        except PersonalDataError:
            # Only what came before this release looked for it: from now on it is not taken in.
            await self._warn(place)
            return
        finally:
            typing.cancel()
        if asks_to_save(reply):
            notice = await self._news.save_in_words(place, job.conversation)
            if notice:
                await self._say(place, notice)
            return
        # After it those to other needs of the same message.
        for one in (reply, *reply.further):
            await self._reply(place, one)

    async def _choose(self, job: ChooseJob) -> ClickResult | None:
        """Go on with what somebody meant, as if they had written it in the thread of the reply."""
        try:
            choice = await self._calls.choose(job, _sender(job.place))
        except PersonalDataError:
            await self._warn(job.place)
            return None
        if choice is None:
            return await self.stale(job.place)
        for one in (choice.reply, *choice.reply.further):
            await self._reply(job.place, one)
        # What was chosen stands where the choices stood.
        return ClickResult(choice.chosen, render_text(choice.chosen))

    async def _warn(self, place: TeamsPlace, sealed: str | None = None) -> None:
        """Warn somebody that what they wrote is not taken in; where it is at hand, let them send it all the same."""
        catalog = await self.people.catalog(place.asker())
        warning = catalog.text("personal.slack")
        if sealed is None:
            await self._say(place, warning)
        else:
            await self._send(place, warning, render_warning(catalog, sealed))

    async def _typing(self, place: TeamsPlace) -> None:
        while True:
            await self._connector.typing(place.service, place.conversation)
            await asyncio.sleep(TYPING_SECONDS)

    async def _reply(self, place: TeamsPlace, reply: Reply) -> None:
        contact = self._runtime.settings.broker_contact
        if reply.kind is ReplyKind.HELP:
            catalog = messages(reply.language)
            await self._send(place, catalog.text("teams.welcome.what"), self._welcome(place, catalog))
        elif (card := self._pages.first(reply, place)) is not None:
            await self._send(place, str(card.get("fallbackText", "")), card)
        else:
            await self._say(place, sentences_of(reply, contact))

    async def _act(self, job: ActJob) -> ClickResult:
        logged = await self._logged(job.place, job.about.log_id)
        if logged is None:
            return await self.stale(job.place)
        catalog = messages(logged.reply.language)
        if (fault := missing_input(job, catalog)) is not None:
            return ClickResult(fault, await self._page(job, logged, fault))
        try:
            done = [DoneAct(action.record_id, await self._calls.act(action)) for action in actions_of(job, logged)]
        except (UnknownAnswerError, UnknownSuggestionError):
            return await self.stale(job.place)
        except PersonalDataError:
            notice = catalog.text("personal.what")
            return ClickResult(notice, await self._page(job, logged, notice))
        except CaseError as error:
            notice = case_fault(error, catalog)
            return ClickResult(notice, await self._page(job, logged, notice))
        for _, receipt in done:
            if receipt.case is not None:
                await self._brokers.show_new(receipt.case)
            if receipt.reply is not None:
                await self._reply(job.place, receipt.reply)
        await self._announce(job, logged, done)
        notice = self._receipt([receipt for _, receipt in done], job, catalog)
        return ClickResult(notice, await self._page(job, logged, notice))

    async def _announce(self, job: ActJob, logged: LoggedAnswer, done: Sequence[DoneAct]) -> None:
        """Tell others in a chat or channel who did what, since a card shows only that it was done."""
        text = announcement(job, logged, done)
        if text:
            # What was done stands, and the card shows it, also where others cannot be told of it now.
            with suppress(UnreachableError, TryLaterError):
                await self._say(job.place, text)

    async def _more(self, job: MoreJob) -> ClickResult:
        logged = await self._logged(job.place, job.about.log_id)
        if logged is None or logged.reply.answer is None:
            return await self.stale(job.place)
        about = job.about.model_copy(update={"kind": job.row.kind, "start": job.row.position})
        done = await self._acts(job.place, job.about.log_id)
        card = self._pages.part(logged, about, job.place, done)
        notice = messages(logged.reply.language).text("teams.below")
        if card is not None:
            await self._send(job.place, notice, card)
        return ClickResult(notice, await self._page(job, logged, notice))

    async def _show_again(self, job: ShowAgainJob) -> ClickResult:
        logged = await self._logged(job.place, job.log_id)
        if logged is None:
            return await self.stale(job.place)
        card = self._pages.first(logged.reply, job.place, done=await self._acts(job.place, job.log_id))
        catalog = messages(logged.reply.language)
        if card is not None:
            await self._send(job.place, catalog.text("teams.below"), card)
        notice = catalog.text("teams.below")
        return ClickResult(notice, await self._calls.threaded(lambda: self._homes.of(job.place, notice)))

    async def _home(self, job: HomeJob) -> ClickResult | None:
        place = job.place
        catalog = await self.people.catalog(place.asker())
        if not place.personal:
            await self._say(place, catalog.text("teams.home.only_alone"))
            return None
        card = await self._calls.threaded(lambda: self._homes.of(place))
        if place.message:
            return ClickResult(catalog.text("teams.home.open"), card)
        await self._send(place, catalog.text("teams.home.open"), card)
        return None

    async def _decide(self, job: SavedJob) -> ClickResult:
        """Do what a button of a saved need says, and show what came of it in place of its card."""
        notice, card = await self._news.decide(job)
        if job.about.is_home:
            card = await self._calls.threaded(lambda: self._homes.of(job.place, notice))
        return ClickResult(notice, card)

    async def _settings(self, job: SettingsJob) -> ClickResult:
        place = job.place
        is_known = await self._calls.threaded(lambda: self.people.choose(place.asker(), job.language, job.municipality))
        text = (await self.people.catalog(place.asker())).text
        notice = text("teams.saved") if is_known else text("slack.municipality.unknown", got=job.municipality[:60])
        return ClickResult(notice, await self._calls.threaded(lambda: self._homes.of(place, notice)))

    async def _page(self, job: ActJob | MoreJob, logged: LoggedAnswer, notice: str, draft: str = "") -> Card | None:
        """Return the card that a button stood in as it is now."""
        done = await self._acts(job.place, job.about.log_id)
        return self._pages.part(logged, job.about, job.place, done, notice=notice, draft=draft)

    def _receipt(self, receipts: list[ActionReceipt], job: ActJob, catalog: Messages) -> str:
        new = [receipt for receipt in receipts if receipt.kind is ActionReceiptKind.CASE_OPENED]
        receipt = (new or receipts)[0]
        if receipt.kind is ActionReceiptKind.MORE:
            return catalog.text("teams.below")
        if job.verb is ActionType.SHARE:
            return catalog.text("teams.shared", url=self._pages.shared_url(job.about.log_id))
        if (job.verb, receipt.kind) == (ActionType.INTRODUCE, ActionReceiptKind.CASE_OPENED):
            return catalog.text("teams.receipt.introduce")
        return receipt_sentence(receipt, job.verb, catalog)

    def _welcome(self, place: TeamsPlace, catalog: Messages) -> Card:
        about = AboutHome(user=place.user)
        token = self._seals.sealed(about, place.tenant, place.conversation)
        return render_welcome(catalog, token, personal=place.personal)

    async def _hand_over(self, job: Job, outcome: ClickResult) -> None:
        """Give the outcome to whoever waits for it, and let everybody who sees the card see it as it is now."""
        was_waited_for = self.clicks.settle(job.key, outcome)
        place = job.place
        if outcome.card is not None and place.message:
            sent = Sent(place.conversation, place.message)
            try:
                await self._connector.update(place.service, sent, Message(outcome.text, outcome.card))
            except UnreachableError:
                # It is gone, or another bot's: there is nothing to change.
                return
            except TryLaterError:
                if not was_waited_for:
                    raise
        elif outcome.text and not was_waited_for:
            await self._say(place, outcome.text)

    async def _send(self, place: TeamsPlace, text: str, card: Card) -> None:
        await self._connector.send(place.service, place.conversation, Message(text, card))

    async def _say(self, place: TeamsPlace, text: str) -> None:
        await self._connector.send(place.service, place.conversation, Message(text))

    async def _acts(self, place: TeamsPlace, log_id: str) -> tuple[PastAction, ...]:
        with suppress(UnknownAnswerError):
            return await self._calls.threaded(lambda: past_actions(self._runtime, log_id, place.asker()))
        return ()

    async def _logged(self, place: TeamsPlace, log_id: str) -> LoggedAnswer | None:
        return await self._calls.logged(log_id, place.asker())


def _sender(place: TeamsPlace) -> Sender:
    return Sender(place.asker(), place.address())
