"""What the brokers' rooms of all channels do alike: remind, move cases, and tell askers of the steps.

Invariant: what a broker did on an old view of a case is refused and told, and the asker is told when a case moves, by
one way alone.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, NamedTuple

import anyio.to_thread

from assistant.access.profiles import Profiles
from assistant.cases.cases import Case, CaseError, CaseReason, CaseState, UnknownCaseError
from assistant.channels.direct_messages import Address
from assistant.channels.worker import TryLaterError, UnreachableError
from assistant.desk.letters import letter_of
from assistant.desk.notifications import claim_last_move, update_sentence
from assistant.platform.messages import Messages, messages
from assistant.platform.settings import SettingsError
from assistant.render.cases import case_fault, case_title, reminder_sentence, state_sentence
from corpus.text import Language

if TYPE_CHECKING:
    from assistant.cases.followup import Reminder
    from assistant.cases.updates import CaseUpdate
    from assistant.channels.direct_messages import DirectMessages
    from assistant.service.container import Runtime

_log = logging.getLogger(__name__)


class Move(NamedTuple):
    """What a broker wants done with a case."""

    case_id: str
    version: int
    """The version of the case that the broker saw."""
    state: str
    reason: str | None
    note: str | None
    by: str
    """Who does it, as events of a case name them."""


class MoveResult(NamedTuple):
    """What came of a move."""

    case: Case | None
    """The case as it is now; None where there is none."""
    fault: str = ""
    """Why it was not moved; empty where it was."""


class CaseBrokers(ABC, Generic[Address]):
    """Tells brokers of cases in a channel, moves cases for them, and tells the channel's askers of their steps."""

    way: str
    """As cases name how an asker was told."""
    setting: str
    """What names the brokers' room."""

    def __init__(self, runtime: Runtime, direct: DirectMessages[Address], channel: str | None) -> None:
        """Serve the brokers of an installation.

        Args:
            runtime: Where cases are kept.
            direct: What reaches askers.
            channel: The brokers' room; None where there is none.
        """
        self._runtime = runtime
        self._direct = direct
        self._channel = channel
        self._catalog = messages(runtime.settings.language or Language.NB)

    @abstractmethod
    async def _show(self, case: Case, reminder: str = "") -> None:
        """Show brokers how a case stands, and remind them of it in its thread."""

    def remind(self, reminder: Reminder) -> None:
        """Tell brokers of a case that waits; called from a thread while the channel runs.

        Raises:
            Exception: they could not be told, or there is no room for them; it is tried again later.
        """
        if self._channel is None:
            raise SettingsError(f"there is no channel for brokers: set {self.setting}")
        sentence = reminder_sentence(reminder, self._catalog_of(reminder.case))
        self._direct.wait_for(lambda: self._show(reminder.case, sentence))

    def _catalog_of(self, case: Case) -> Messages:
        """Return the catalog of the language of the broker who has a case; that of the room where nobody has it."""
        profile = Profiles(self._runtime.database).by_name(case.assigned_to or "")
        return messages(profile.language) if profile.language else self._catalog

    def reaches(self, step: CaseUpdate) -> bool:
        """Tell whether the asker of a step asked in this channel."""
        return self._direct.address_in(step.case.reply_to) is not None

    def tell(self, step: CaseUpdate) -> None:
        """Tell an asker of a step that was made elsewhere; called from a thread while the channel runs.

        Raises:
            Exception: they could not be told.
        """
        address = self._direct.address_in(step.case.reply_to)
        if address is not None:
            self._direct.wait_for(lambda: self._tell_step(step, address))

    async def _tell_step(self, step: CaseUpdate, address: Address) -> None:
        catalog = await self._direct.catalog(address)
        title = await anyio.to_thread.run_sync(self._title, step.case, catalog)
        await self._direct.say(address, update_sentence(step, title, catalog))

    async def _moved(self, move: Move, catalog: Messages) -> MoveResult:
        """Move a case as a broker asked; what came of it is told in the broker's language."""
        referrals = self._runtime.referrals
        try:
            case = await anyio.to_thread.run_sync(
                lambda: referrals.move(
                    move.case_id,
                    CaseState(move.state),
                    by=move.by,
                    reason=CaseReason(move.reason) if move.reason else None,
                    note=move.note,
                    version=move.version,
                )
            )
        except UnknownCaseError as error:
            return MoveResult(None, case_fault(error, catalog))
        except CaseError as error:
            case = await anyio.to_thread.run_sync(referrals.get, move.case_id)
            return MoveResult(case, case_fault(error, catalog))
        return MoveResult(case)

    async def _tell_asker(self, case: Case) -> None:
        """Tell the asker of the last move of a case, where they asked in this channel."""
        address = self._direct.address_in(case.reply_to)
        if address is None:
            return
        catalog = await self._direct.catalog(address)
        title = await anyio.to_thread.run_sync(self._title, case, catalog)
        sentence = catalog.text("slack.case.moved", title=title, state=state_sentence(case, catalog))
        try:
            await anyio.to_thread.run_sync(claim_last_move, self._runtime, case.id, self.way)
            await self._direct.say(address, sentence)
        except (UnreachableError, TryLaterError) as error:
            _log.warning("%s: an asker could not be told of case %s (%s)", self.way, case.id, error)

    def _facts(self, case: Case) -> tuple[str, ...]:
        """Return what brokers are told of a case, a sentence each; from a thread."""
        catalog = self._catalog
        due_on = self._runtime.followup.due_on(case) if case.onward else None
        facts = [catalog.text("slack.case.question", question=case.question)]
        if case.note:
            facts.append(catalog.text("slack.case.note", note=case.note))
        facts.append(catalog.text("slack.case.state", state=state_sentence(case, catalog)))
        if due_on:
            facts.append(catalog.text("slack.case.due", date=catalog.date(due_on.isoformat())))
        return tuple(facts)

    def _draft(self, case_id: str) -> str:
        """Return the draft of a case's letter, as brokers are shown it; from a thread."""
        letter = letter_of(self._runtime, case_id)
        return self._catalog.text("slack.case.letter", subject=letter.subject, body=letter.whole)

    def _title(self, case: Case, catalog: Messages) -> str:
        return case_title(case, self._runtime.store.find(case.record_id), catalog)
