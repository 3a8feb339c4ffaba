"""The brokers' channel: new cases, reminders, and a button for each way a case can go.

Invariant: only in that channel can a case be moved, each case has one message there that shows how it stands, and
what a broker did on an old view of a case is refused and shown anew. The asker is told when a case moves.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import date
from typing import TYPE_CHECKING

import anyio.to_thread
from slack_sdk.errors import SlackApiError

from assistant.cases.cases import NEEDS_REASON, Case, CaseError, CaseReason, CaseState, UnknownCaseError
from assistant.channels.slack.clients import NotInstalledError
from assistant.channels.slack.jobs import MoveJob
from assistant.channels.slack.places import SlackPlace, place_at
from assistant.channels.slack.tables import CaseMessageRow
from assistant.channels.worker import TryLaterError
from assistant.desk.letters import letter_of
from assistant.desk.notifications import claim_last_move, update_sentence
from assistant.platform.messages import Messages, messages
from assistant.platform.settings import SettingsError
from assistant.platform.workdays import norwegian_day
from assistant.render.block_kit import Message, View
from assistant.render.cases import case_fault, case_title, reminder_sentence, state_sentence
from assistant.render.slack import render_text
from assistant.render.slack_views import CaseAtHome, CaseForBrokers, render_case, render_move_modal
from corpus.text import Language

if TYPE_CHECKING:
    from assistant.cases.followup import Reminder
    from assistant.cases.updates import CaseUpdate
    from assistant.channels.slack.delivery import Delivery
    from assistant.channels.slack.people import UserPreferences
    from assistant.platform.settings import Settings
    from assistant.service.container import Runtime

REMINDER_SECONDS = 30.0
"""Seconds that Slack gets to take a reminder."""
_log = logging.getLogger(__name__)


class Brokers:
    """Tells brokers of cases, and moves cases for them; tells askers of Slack what was done on the desk."""

    way = "slack"

    def __init__(self, settings: Settings, runtime: Runtime, delivery: Delivery, people: UserPreferences) -> None:
        self._channel = settings.slack_broker_channel
        self._team = settings.slack_broker_team
        self._catalog = messages(settings.language or Language.NB)
        self._runtime = runtime
        self._delivery = delivery
        self.people = people
        self._loop: asyncio.AbstractEventLoop | None = None

    def today(self) -> date:
        """Return the day that marks and messages name."""
        return norwegian_day()

    async def show(self, case: Case, reminder: str | None = None) -> None:
        """Show brokers how a case stands; a reminder is a message of its own, in the thread of the case's."""
        try:
            await self._show(case, reminder)
        except (SlackApiError, NotInstalledError) as error:
            # The case stands in the database, and the desk shows it; nobody is kept waiting for Slack's sake.
            _log.error("slack: brokers could not be shown case %s (%s)", case.id, error)

    def remind(self, reminder: Reminder) -> None:
        """Tell brokers of a case that waits; called from a thread while the channel runs.

        Raises:
            Exception: Slack could not be told, or there is no channel for brokers; it is tried again later.
        """
        if self._loop is None or self._channel is None:
            raise SettingsError("there is no channel for brokers: set MELLOMROM_SLACK_BROKER_CHANNEL")
        told = self._show(reminder.case, reminder_sentence(reminder, self._catalog))
        asyncio.run_coroutine_threadsafe(told, self._loop).result(REMINDER_SECONDS)

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remember the loop that the channel runs in."""
        self._loop = loop

    async def _show(self, case: Case, reminder: str | None) -> None:
        if self._channel is None:
            return
        message = await self._message(case)
        shown = await anyio.to_thread.run_sync(self._shown, case.id)
        if shown is None:
            ts = await self._delivery.post(self._team, self._channel, message)
            await anyio.to_thread.run_sync(self._remember, case.id, self._channel, ts)
            letter = await anyio.to_thread.run_sync(letter_of, self._runtime, case.id)
            draft = self._catalog.text("slack.case.letter", subject=letter.subject, body=letter.whole)
            await self._delivery.post(self._team, self._channel, render_text(draft), thread=ts)
        else:
            ts = shown.ts
            await self._delivery.update(self._team, shown.channel, ts, message)
        if reminder:
            await self._delivery.post(self._team, self._channel, render_text(reminder), thread=ts)

    async def move(self, job: MoveJob) -> None:
        """Move a case as a broker asked, and tell its asker."""
        catalog = messages(await self.people.language(job.place))
        if not self._is_brokers_place(job.place):
            await self._delivery.tell(job.place, render_text(catalog.text("slack.move.only_brokers")))
            return
        referrals = self._runtime.referrals
        try:
            case = await anyio.to_thread.run_sync(
                lambda: referrals.move(
                    job.case_id,
                    CaseState(job.state),
                    by=job.place.actor(),
                    reason=CaseReason(job.reason) if job.reason else None,
                    note=job.note,
                    version=job.version,
                )
            )
        except CaseError as error:
            await self._delivery.tell(job.place, render_text(case_fault(error, catalog)))
            if not isinstance(error, UnknownCaseError):
                await self.show(await anyio.to_thread.run_sync(referrals.get, job.case_id))
            return
        await self.show(case)
        await self._tell_asker(case)

    def needs_reason(self, state: str) -> bool:
        """Tell whether a case is only moved to a state with a reason."""
        return state in NEEDS_REASON

    def reason_modal(self, catalog: Messages, private_metadata: str, state: str) -> View:
        """Return the modal where a broker gives the reason."""
        reasons = [(one.value, catalog.text(f"case.reason.{one}")) for one in CaseReason]
        return render_move_modal(catalog, private_metadata, catalog.text(f"case.state.{state}"), reasons)

    def at_home(self, case: Case, catalog: Messages) -> CaseAtHome:
        """Return a case as its asker sees it."""
        return CaseAtHome(title=self._title(case, catalog), state=state_sentence(case, catalog), at=case.opened_at)

    def _is_brokers_place(self, place: SlackPlace) -> bool:
        return place.channel == self._channel and self._team in {None, place.team}

    async def _message(self, case: Case) -> Message:
        catalog = self._catalog
        name = await anyio.to_thread.run_sync(self._title, case, catalog)
        place = place_at(case.reply_to)
        due_on = await anyio.to_thread.run_sync(self._runtime.followup.due_on, case)
        facts = [
            catalog.text("slack.case.question", question=case.question),
            *([catalog.text("slack.case.note", note=case.note)] if case.note else []),
            catalog.text("slack.case.state", state=state_sentence(case, catalog)),
        ]
        if due_on and case.onward:
            facts.append(catalog.text("slack.case.due", date=catalog.date(due_on.isoformat())))
        ways = [(state.value, catalog.text(f"case.move.{state}")) for state in case.onward]
        asker = place.user if place and place.team == (self._team or place.team) else None
        shown = CaseForBrokers(
            case_id=case.id, version=case.version, title=name, facts=tuple(facts), ways=tuple(ways), asker=asker
        )
        return render_case(catalog, shown)

    async def _tell_asker(self, case: Case) -> None:
        place = place_at(case.reply_to)
        if place is None:
            return
        catalog = messages(await self.people.language(place))
        title = await anyio.to_thread.run_sync(self._title, case, catalog)
        state = state_sentence(case, catalog)
        try:
            await anyio.to_thread.run_sync(claim_last_move, self._runtime, case.id, self.way)
            await self._delivery.direct(place, render_text(catalog.text("slack.case.moved", title=title, state=state)))
        except (SlackApiError, NotInstalledError, TryLaterError) as error:
            _log.warning("slack: an asker could not be told of case %s (%s)", case.id, error)

    def reaches(self, step: CaseUpdate) -> bool:
        """Tell whether the asker of a step asked in Slack."""
        return place_at(step.case.reply_to) is not None

    def tell(self, step: CaseUpdate) -> None:
        """Tell an asker of a step that was made elsewhere; called from a thread while the channel runs.

        Raises:
            Exception: Slack could not be told.
        """
        place = place_at(step.case.reply_to)
        if self._loop is not None and place is not None:
            asyncio.run_coroutine_threadsafe(self._tell_step(step, place), self._loop).result(REMINDER_SECONDS)

    async def _tell_step(self, step: CaseUpdate, place: SlackPlace) -> None:
        catalog = messages(await self.people.language(place))
        title = await anyio.to_thread.run_sync(self._title, step.case, catalog)
        await self._delivery.direct(place, render_text(update_sentence(step, title, catalog)))

    def _title(self, case: Case, catalog: Messages) -> str:
        return case_title(case, self._runtime.store.find(case.record_id), catalog)

    def _shown(self, case_id: str) -> CaseMessageRow | None:
        with self._runtime.database.reading() as session:
            row = session.get(CaseMessageRow, case_id)
            if row is not None:
                session.expunge(row)
            return row

    def _remember(self, case_id: str, channel: str, ts: str) -> None:
        with self._runtime.database.writing() as session:
            session.merge(CaseMessageRow(case_id=case_id, channel=channel, ts=ts))
