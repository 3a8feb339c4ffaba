"""The brokers' channel: new cases, reminders, and a button for each way a case can go.

Invariant: only in that channel can a case be moved, each case has one message there that shows how it stands, and
what a broker did on an old view of a case is refused and shown anew. The asker is told when a case moves.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import anyio.to_thread

from assistant.cases.cases import NEEDS_REASON, Case, CaseError, CaseReason, CaseState, UnknownCaseError
from assistant.channels.teams.configuration import broker_tenant
from assistant.channels.teams.connector import GoneError, Message, Sent
from assistant.channels.teams.places import TeamsPlace, address_in
from assistant.channels.teams.tables import CaseMessageRow
from assistant.channels.worker import TryLaterError, UnreachableError
from assistant.desk.letters import letter_of
from assistant.desk.notifications import claim_last_move, update_sentence
from assistant.platform.messages import Messages, messages
from assistant.platform.settings import SettingsError
from assistant.render.cases import case_fault, case_title, reminder_sentence, state_sentence
from assistant.render.teams_actions import AboutCase
from assistant.render.teams_cards import CaseForBrokers, CaseMove, render_case
from corpus.text import Language

if TYPE_CHECKING:
    from assistant.cases.followup import Reminder
    from assistant.cases.updates import CaseUpdate
    from assistant.channels.teams.card_tokens import CardTokens
    from assistant.channels.teams.connector import Connector
    from assistant.channels.teams.jobs import MoveJob
    from assistant.channels.teams.people import UserPreferences
    from assistant.channels.teams.places import Address
    from assistant.platform.settings import Settings
    from assistant.render.adaptive import Card
    from assistant.service.container import Runtime

REMINDER_SECONDS = 60.0
"""Seconds that Teams gets to take a reminder."""
_log = logging.getLogger(__name__)


class Brokers:
    """Tells brokers of cases, and moves cases for them; tells askers of Teams what was done on the desk."""

    way = "teams"
    """As the cases name how an asker was told."""

    def __init__(self, runtime: Runtime, connector: Connector, seals: CardTokens, people: UserPreferences) -> None:
        settings: Settings = runtime.settings
        self._channel = settings.teams_broker_channel
        self._tenant = broker_tenant(settings) or ""
        self._service = settings.teams_service_url
        self._catalog = messages(settings.language or Language.NB)
        self._runtime = runtime
        self._connector = connector
        self._seals = seals
        self.people = people
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remember the loop that the channel runs in."""
        self._loop = loop

    async def show_new(self, case: Case) -> None:
        """Show brokers a case that they have not seen yet, however often its asker asks for it.

        Raises:
            TryLaterError: Teams does not take it now.
        """
        try:
            if await anyio.to_thread.run_sync(self._shown, case.id) is None:
                await self._show(case)
        except UnreachableError as error:
            # The case stands in the database, and the desk shows it; nobody is kept waiting for Teams' sake.
            _log.error("teams: brokers could not be shown case %s (%s)", case.id, error)

    def remind(self, reminder: Reminder) -> None:
        """Tell brokers of a case that waits; called from a thread while the channel runs.

        Raises:
            Exception: Teams could not be told, or there is no channel for brokers; it is tried again later.
        """
        if self._loop is None or self._channel is None:
            raise SettingsError("there is no channel for brokers: set MELLOMROM_TEAMS_BROKER_CHANNEL")
        told = self._show(reminder.case, reminder_sentence(reminder, self._catalog))
        asyncio.run_coroutine_threadsafe(told, self._loop).result(REMINDER_SECONDS)

    async def move(self, job: MoveJob) -> tuple[str, Card | None]:
        """Move a case as a broker asked, and tell its asker; return what came of it, and the case as it is now."""
        catalog = await self.people.catalog(job.place.asker())
        if not self._is_brokers_place(job.place):
            return catalog.text("slack.move.only_brokers"), None
        referrals = self._runtime.referrals
        try:
            case = await anyio.to_thread.run_sync(
                lambda: referrals.move(
                    job.about.case_id,
                    CaseState(job.state),
                    by=job.place.actor(),
                    reason=CaseReason(job.reason) if job.reason else None,
                    note=job.note,
                    version=job.about.version,
                )
            )
        except CaseError as error:
            notice = case_fault(error, catalog)
            if isinstance(error, UnknownCaseError):
                return notice, None
            case = await anyio.to_thread.run_sync(referrals.get, job.about.case_id)
            return notice, await self._card(case, notice)
        await self._tell_asker(case)
        notice = catalog.text("teams.moved", state=state_sentence(case, catalog), user=job.place.name or "–")
        return notice, await self._card(case, notice)

    async def _show(self, case: Case, reminder: str = "") -> None:
        if self._channel is None:
            return
        message = Message(await anyio.to_thread.run_sync(self._title, case, self._catalog), await self._card(case))
        shown = await anyio.to_thread.run_sync(self._shown, case.id)
        if shown is not None:
            try:
                await self._connector.update(self._service, shown, message)
            except GoneError:
                # Somebody deleted it: the case gets a thread of its own once more.
                shown = None
        if shown is None:
            shown = await self._connector.begin(self._service, self._tenant, self._channel, message)
            await anyio.to_thread.run_sync(self._remember, case.id, shown)
            letter = await anyio.to_thread.run_sync(letter_of, self._runtime, case.id)
            draft = self._catalog.text("slack.case.letter", subject=letter.subject, body=letter.whole)
            try:
                await self._connector.send(self._service, shown.conversation, Message(draft))
            except TryLaterError as error:
                # The desk drafts it as well.
                _log.warning("teams: the letter of case %s was not shown (%s)", case.id, error)
        if reminder:
            # In the thread of the case, and with its buttons, so that whoever is reminded can act at once.
            told = Message(reminder, await self._card(case, reminder))
            await self._connector.send(self._service, shown.conversation, told)

    def _is_brokers_place(self, place: TeamsPlace) -> bool:
        return (place.root, place.tenant) == (self._channel, self._tenant)

    async def _card(self, case: Case, notice: str = "") -> Card:
        return await anyio.to_thread.run_sync(self._made, case, notice)

    def _made(self, case: Case, notice: str) -> Card:
        catalog = self._catalog
        due_on = self._runtime.followup.due_on(case)
        facts = [
            catalog.text("slack.case.question", question=case.question),
            *([catalog.text("slack.case.note", note=case.note)] if case.note else []),
        ]
        if due_on and case.onward:
            facts.append(catalog.text("slack.case.due", date=catalog.date(due_on.isoformat())))
        facts.append(catalog.text("slack.case.state", state=state_sentence(case, catalog)))
        reasons = tuple((one.value, catalog.text(f"case.reason.{one}")) for one in CaseReason)
        ways = [
            CaseMove(
                state=state.value,
                words=catalog.text(f"case.move.{state}"),
                reasons=reasons if state in NEEDS_REASON else (),
            )
            for state in case.onward
        ]
        about = AboutCase(case_id=case.id, version=case.version)
        shown = CaseForBrokers(
            token=self._seals.sealed(about, self._tenant, self._channel or ""),
            case_id=case.id,
            title=self._title(case, catalog),
            facts=tuple(facts),
            ways=tuple(ways),
            notice=notice,
        )
        return render_case(catalog, shown)

    async def _tell_asker(self, case: Case) -> None:
        address = address_in(case.reply_to)
        if address is None:
            return
        catalog = await self.people.catalog(address.asker())
        title = await anyio.to_thread.run_sync(self._title, case, catalog)
        told = catalog.text("slack.case.moved", title=title, state=state_sentence(case, catalog))
        try:
            await anyio.to_thread.run_sync(claim_last_move, self._runtime, case.id, self.way)
            await self._send(address, told)
        except (UnreachableError, TryLaterError) as error:
            _log.warning("teams: an asker could not be told of case %s (%s)", case.id, error)

    def reaches(self, step: CaseUpdate) -> bool:
        """Tell whether the asker of a step asked in Teams."""
        return address_in(step.case.reply_to) is not None

    def tell(self, step: CaseUpdate) -> None:
        """Tell an asker of a step that was made elsewhere; called from a thread while the channel runs.

        Raises:
            Exception: Teams could not be told.
        """
        address = address_in(step.case.reply_to)
        if self._loop is not None and address is not None:
            asyncio.run_coroutine_threadsafe(self._tell_step(step, address), self._loop).result(REMINDER_SECONDS)

    async def _tell_step(self, step: CaseUpdate, address: Address) -> None:
        catalog = await self.people.catalog(address.asker())
        title = await anyio.to_thread.run_sync(self._title, step.case, catalog)
        await self._send(address, update_sentence(step, title, catalog))

    async def _send(self, address: Address, text: str) -> None:
        conversation = await self._connector.conversation_with(address)
        await self._connector.send(address.service, conversation, Message(text))

    def _title(self, case: Case, catalog: Messages) -> str:
        return case_title(case, self._runtime.store.find(case.record_id), catalog)

    def _shown(self, case_id: str) -> Sent | None:
        with self._runtime.database.reading() as session:
            row = session.get(CaseMessageRow, case_id)
            return Sent(row.thread, row.message) if row else None

    def _remember(self, case_id: str, sent: Sent) -> None:
        with self._runtime.database.writing() as session:
            session.merge(CaseMessageRow(case_id=case_id, thread=sent.conversation, message=sent.message))
