"""The brokers' channel: new cases, reminders, and a button for each way a case can go.

Invariant: only in that channel can a case be moved, each case has one message there that shows how it stands, and
what a broker did on an old view of a case is refused and shown anew. The asker is told when a case moves.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio.to_thread

from assistant.cases.cases import NEEDS_REASON, Case, CaseReason
from assistant.channels.case_brokers import CaseBrokers, Move
from assistant.channels.teams.configuration import broker_tenant
from assistant.channels.teams.connector import GoneError, Message, Sent
from assistant.channels.teams.places import Address, TeamsPlace
from assistant.channels.teams.tables import CaseMessageRow
from assistant.channels.worker import TryLaterError, UnreachableError
from assistant.render.cases import state_sentence
from assistant.render.teams_actions import AboutCase
from assistant.render.teams_cards import CaseForBrokers, CaseMove, render_case

if TYPE_CHECKING:
    from assistant.channels.teams.card_tokens import CardTokens
    from assistant.channels.teams.connector import Connector
    from assistant.channels.teams.direct_messages import TeamsMessages
    from assistant.channels.teams.jobs import MoveJob
    from assistant.channels.teams.people import UserPreferences
    from assistant.render.adaptive import Card
    from assistant.service.container import Runtime

_log = logging.getLogger(__name__)


class Brokers(CaseBrokers[Address]):
    """Tells brokers of cases, and moves cases for them; tells askers of Teams what was done on the desk."""

    way = "teams"
    setting = "MELLOMROM_TEAMS_BROKER_CHANNEL"

    def __init__(
        self,
        runtime: Runtime,
        connector: Connector,
        seals: CardTokens,
        people: UserPreferences,
        direct: TeamsMessages,
    ) -> None:
        settings = runtime.settings
        super().__init__(runtime, direct, settings.teams_broker_channel)
        self._tenant = broker_tenant(settings) or ""
        self._service = settings.teams_service_url
        self._connector = connector
        self._seals = seals
        self.people = people

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

    async def move(self, job: MoveJob) -> tuple[str, Card | None]:
        """Move a case as a broker asked, and tell its asker; return what came of it, and the case as it is now."""
        catalog = await self.people.catalog(job.place.asker())
        if not self._is_brokers_place(job.place):
            return catalog.text("slack.move.only_brokers"), None
        about, by = job.about, job.place.actor()
        case, fault = await self._moved(
            Move(about.case_id, about.version, job.state, job.reason, job.note, by), catalog
        )
        if case is None:
            return fault, None
        if not fault:
            await self._tell_asker(case)
        moved = catalog.text("teams.moved", state=state_sentence(case, catalog), user=job.place.name or "–")
        return fault or moved, await self._card(case, fault or moved)

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
            draft = await anyio.to_thread.run_sync(self._draft, case.id)
            try:
                await self._connector.send(self._service, shown.conversation, Message(draft))
            except TryLaterError as error:
                # The desk drafts it as well.
                _log.warning("teams: the letter of case %s was not shown (%s)", case.id, error)
        if reminder:
            # In the thread of the case, and with its buttons, so that whoever is reminded can act at once.
            notice = Message(reminder, await self._card(case, reminder))
            await self._connector.send(self._service, shown.conversation, notice)

    def _is_brokers_place(self, place: TeamsPlace) -> bool:
        return (place.root, place.tenant) == (self._channel, self._tenant)

    async def _card(self, case: Case, notice: str = "") -> Card:
        return await anyio.to_thread.run_sync(self._made, case, notice)

    def _made(self, case: Case, notice: str) -> Card:
        catalog = self._catalog
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
            facts=self._facts(case),
            ways=tuple(ways),
            notice=notice,
        )
        return render_case(catalog, shown)

    def _shown(self, case_id: str) -> Sent | None:
        with self._runtime.database.reading() as session:
            row = session.get(CaseMessageRow, case_id)
            return Sent(row.thread, row.message) if row else None

    def _remember(self, case_id: str, sent: Sent) -> None:
        with self._runtime.database.writing() as session:
            session.merge(CaseMessageRow(case_id=case_id, thread=sent.conversation, message=sent.message))
