"""Askers are told each step of their cases where they want it, meetings are reminded of, who is away hands over.

Invariant: a step is told by one way and once; by mail it is enqueued in the transaction that says that it was told. An
asker is told how a case stands and what brokers wrote to them, never what brokers wrote among themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from assistant.access.profiles import Profiles
from assistant.cases.cases import CaseAction, StaleCaseError
from assistant.cases.corrections import Corrections
from assistant.cases.meetings import Meetings
from assistant.cases.partner_answers import LinkPurpose, SignedLinks
from assistant.cases.reach import reach_of
from assistant.cases.referrals import case_reference
from assistant.cases.updates import CaseUpdate, CaseUpdates
from assistant.mail.addresses import is_address
from assistant.mail.queue import NewMail
from assistant.platform.messages import Messages, messages
from assistant.platform.workdays import NORWAY
from assistant.render.cases import case_title
from assistant.service.container import Runtime
from corpus.text import Language

AWAY = "absence"
"""Who is named in a case's history where it went to a colleague because its broker is away."""
_STOP_DAYS = 400
_log = logging.getLogger(__name__)


class AskerNotifier(Protocol):
    """A way to tell askers of a channel."""

    way: str

    def reaches(self, step: CaseUpdate) -> bool:
        """Tell whether the asker of a step is reached by this way."""
        ...

    def tell(self, step: CaseUpdate) -> None:
        """Tell the asker; called from a thread, once.

        Raises:
            Exception: they could not be told; the step stands on their page.
        """
        ...


def case_updates_of(runtime: Runtime) -> CaseUpdates:
    """Return what finds the steps to be told."""
    return CaseUpdates(runtime.database, timedelta(minutes=runtime.settings.mail_undo_minutes))


def notify_askers(runtime: Runtime, tellers: Iterable[AskerNotifier] = ()) -> int:
    """Tell askers of the steps that are due; return how many were told."""
    telling, ways = case_updates_of(runtime), tuple(tellers)
    count = 0
    for step in telling.due():
        to = reach_of(step.case).mail
        if to is not None and runtime.mail.is_on:
            with runtime.database.writing() as session:
                if telling.claim(session, step.event.id, "mail"):
                    runtime.mail.put(session, _notice(runtime, step, to))
                    count += 1
            continue
        for teller in ways:
            if teller.reaches(step) and telling.claimed(step.event.id, teller.way):
                try:
                    teller.tell(step)
                    count += 1
                except Exception as error:  # noqa: BLE001 (the others are to be told all the same)
                    _log.warning("case %s: its asker could not be told (%s)", step.case.id, type(error).__name__)
    return count


def claim_last_move(runtime: Runtime, case_id: str, way: str) -> None:
    """Say that the asker is told of the last move of a case by this way now, so that no other way tells it again."""
    move = Corrections(runtime.database).last_move(case_id)
    if move is not None:
        case_updates_of(runtime).claimed(move.event.id, way)


def update_sentence(step: CaseUpdate, title: str, catalog: Messages) -> str:
    """Return what an asker is told of a step."""
    event = step.event
    if event.action is CaseAction.TOLD:
        return f"{catalog.text('asker.told', title=title)}\n«{event.note or ''}»"
    state = catalog.text(f"case.state.{event.to_state}")
    key = "asker.corrected" if event.action is CaseAction.CORRECTED else "asker.moved"
    return catalog.text(key, title=title, state=state)


def _notice(runtime: Runtime, step: CaseUpdate, to: str) -> NewMail:
    case = step.case
    catalog = messages(case.language)
    title = case_title(case, runtime.store.find(case.record_id), catalog)
    base = runtime.settings.web_base_url
    parts = [catalog.text("letter.greeting"), update_sentence(step, title, catalog)]
    if case.question:
        parts.append(catalog.text("asker.question", question=case.question))
    contact = runtime.settings.broker_contact
    parts.append(catalog.text("asker.broker", contact=contact) if contact else catalog.text("asker.broker_plain"))
    if base:
        token = SignedLinks(runtime.keys).token(LinkPurpose.STOP, case.id, _STOP_DAYS)
        parts.append(f"{catalog.text('asker.page')} {base}/mine/{case.id}")
        parts.append(f"{catalog.text('asker.stop')} {base}/stop/{token}?lang={case.language}")
    return NewMail(
        to=to,
        subject=catalog.text("asker.subject", title=title),
        body="\n\n".join(parts),
        reference=f"asker:{case.id}",
        key=f"step:{step.event.id}",
        automatic=True,
    )


def remind_of_meetings(runtime: Runtime, profiles: Profiles) -> int:
    """Remind the brokers and the askers of the meetings of the next day; return how many letters went out."""
    if not runtime.mail.is_on:
        return 0
    count = 0
    for meeting in Meetings(runtime.database).to_remind():
        case = runtime.referrals.get(meeting.case_id)
        if meeting.starts_at is None or not case.question:
            continue
        profile = profiles.by_name(case.assigned_to or "")
        broker, own = profile.email, profile.language or runtime.settings.language or Language.NB
        at = meeting.starts_at.astimezone(NORWAY)
        for to, language in ((broker, own), (reach_of(case).mail, case.language)):
            if not to or not is_address(to):
                continue
            catalog = messages(language)
            title = case_title(case, runtime.store.find(case.record_id), catalog)
            when = f"{catalog.date(at.date().isoformat())} {at:%H.%M}"
            body = catalog.text("meeting.reminder", title=title, when=when, place=meeting.place or "–")
            key = f"meeting:{meeting.id}:{meeting.sequence}:{to}"[:120]
            with runtime.database.writing() as session:
                subject = catalog.text("meeting.reminder.subject", title=title)
                reference = case_reference(case.id) if to == broker else f"asker:{case.id}"
                runtime.mail.put(
                    session,
                    NewMail(to=to, subject=subject, body=body, key=key, reference=reference, automatic=True),
                )
            count += 1
    return count


def reassign_cases_of_absent(runtime: Runtime, profiles: Profiles, today: date) -> int:
    """Give the open cases of brokers who are away to who stands in for them; return how many."""
    stand_ins = profiles.stand_ins(today)
    count = 0
    for case in runtime.referrals.still_open() if stand_ins else ():
        deputy = stand_ins.get(case.assigned_to or "")
        if deputy is None:
            continue
        try:
            runtime.referrals.assign(case.id, deputy, by=AWAY, version=case.version)
            count += 1
        except StaleCaseError:
            continue  # somebody is at it this moment; the next time will do
    return count
