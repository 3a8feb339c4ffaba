"""The brokers' channel: new cases, reminders, and a button for each way a case can go.

Invariant: only in that channel can a case be moved, each case has one message there that shows how it stands, and
what a broker did on an old view of a case is refused and shown anew. The asker is told when a case moves.
"""

from __future__ import annotations

import logging
from datetime import date
from typing import TYPE_CHECKING

import anyio.to_thread
from slack_sdk.errors import SlackApiError

from assistant.cases.cases import NEEDS_REASON, Case, CaseReason
from assistant.channels.case_brokers import CaseBrokers, Move
from assistant.channels.slack.clients import NotInstalledError
from assistant.channels.slack.jobs import MoveJob
from assistant.channels.slack.places import SlackPlace, place_at
from assistant.channels.slack.tables import CaseMessageRow
from assistant.platform.messages import Messages, messages
from assistant.platform.workdays import norwegian_day
from assistant.render.block_kit import Message, View
from assistant.render.cases import state_sentence
from assistant.render.slack import render_text
from assistant.render.slack_views import CaseAtHome, CaseForBrokers, render_case, render_move_modal

if TYPE_CHECKING:
    from assistant.channels.direct_messages import DirectMessages
    from assistant.channels.slack.delivery import Delivery
    from assistant.channels.slack.people import UserPreferences
    from assistant.service.container import Runtime

_log = logging.getLogger(__name__)


class Brokers(CaseBrokers[SlackPlace]):
    """Tells brokers of cases, and moves cases for them; tells askers of Slack what was done on the desk."""

    way = "slack"
    setting = "MELLOMROM_SLACK_BROKER_CHANNEL"

    def __init__(
        self, runtime: Runtime, delivery: Delivery, people: UserPreferences, direct: DirectMessages[SlackPlace]
    ) -> None:
        super().__init__(runtime, direct, runtime.settings.slack_broker_channel)
        self._team = runtime.settings.slack_broker_team
        self._delivery = delivery
        self.people = people

    def today(self) -> date:
        """Return the day that marks and messages name."""
        return norwegian_day()

    async def show(self, case: Case) -> None:
        """Show brokers how a case stands."""
        try:
            await self._show(case)
        except (SlackApiError, NotInstalledError) as error:
            # The case stands in the database, and the desk shows it; nobody is kept waiting for Slack's sake.
            _log.error("slack: brokers could not be shown case %s (%s)", case.id, error)

    async def _show(self, case: Case, reminder: str = "") -> None:
        """Show brokers how a case stands; a reminder is a message of its own, in the thread of the case's."""
        if self._channel is None:
            return
        message = await anyio.to_thread.run_sync(self._message, case)
        shown = await anyio.to_thread.run_sync(self._shown, case.id)
        if shown is None:
            ts = await self._delivery.post(self._team, self._channel, message)
            await anyio.to_thread.run_sync(self._remember, case.id, self._channel, ts)
            draft = await anyio.to_thread.run_sync(self._draft, case.id)
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
        move = Move(job.case_id, job.version, job.state, job.reason, job.note, by=job.place.actor())
        case, fault = await self._moved(move, catalog)
        if fault:
            await self._delivery.tell(job.place, render_text(fault))
        if case is not None:
            await self.show(case)
            if not fault:
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

    def _message(self, case: Case) -> Message:
        """Return how a case stands, as brokers are shown it; from a thread."""
        catalog, place = self._catalog, place_at(case.reply_to)
        ways = [(state.value, catalog.text(f"case.move.{state}")) for state in case.onward]
        shown = CaseForBrokers(
            case_id=case.id,
            version=case.version,
            title=self._title(case, catalog),
            facts=self._facts(case),
            ways=tuple(ways),
            asker=place.user if place and place.team == (self._team or place.team) else None,
        )
        return render_case(catalog, shown)

    def _shown(self, case_id: str) -> CaseMessageRow | None:
        with self._runtime.database.reading() as session:
            row = session.get(CaseMessageRow, case_id)
            if row is not None:
                session.expunge(row)
            return row

    def _remember(self, case_id: str, channel: str, ts: str) -> None:
        with self._runtime.database.writing() as session:
            session.merge(CaseMessageRow(case_id=case_id, channel=channel, ts=ts))
