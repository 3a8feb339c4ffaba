"""One case as the brokers work on it: how far it is, what is next, the letter, and everything that happened.

Invariant: everything here is read from cases, letters and records as they are; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from assistant.access.profiles import Profile
from assistant.cases.cases import REFUSALS, Case, CaseAction, CaseEvent, CaseReason, CaseState, PartnerAnswer
from assistant.cases.corrections import PARTNER, Corrections, LastMove
from assistant.cases.figures import CaseFigures, Figures
from assistant.cases.files import CaseFile, CaseFiles
from assistant.cases.meetings import Meeting, Meetings
from assistant.cases.partner_answers import PartnerAnswers, PartnerReply
from assistant.cases.reach import Reach, is_reachable, reach_of
from assistant.cases.referrals import case_reference
from assistant.desk.case_letter import ANSWERS, CaseLetters, DeskLetter
from assistant.desk.changed_calls import ChangedCall, changed_calls
from assistant.desk.couplings import CaseFellow, PairPage, fellows_of, pairs_of_case
from assistant.desk.incoming_mail import BY_MAIL
from assistant.desk.notifications import AWAY
from assistant.mail.queue import TROUBLED, MailState, QueuedMail
from assistant.matching.answers import Answer
from assistant.platform.messages import Messages
from assistant.platform.settings import Settings
from assistant.render.cases import case_title, case_topic, state_sentence
from assistant.render.sentences import name_of
from assistant.render.shortening import shortened
from assistant.service.container import Runtime
from corpus.files import kind_of
from corpus.places import municipality_name
from corpus.records import Kind
from corpus.text import Language

_OPEN_TO_ANSWERS = {CaseState.SENT, CaseState.NO_REPLY, CaseState.TAKEN, CaseState.DECLINED}
"""States that a partner's answer says something of; later ones are the broker's."""
STEPS = ("asked", "letter", "answer", "meeting", "application", "outcome")
"""The way of a case, each with its text under ``case.step.<name>``."""
_AT = {
    CaseState.ASKED: 1, CaseState.SENT: 2, CaseState.NO_REPLY: 2, CaseState.TAKEN: 3, CaseState.MEETING: 4,
    CaseState.APPLICATION: 5, CaseState.REFUSED: 5, CaseState.RESUBMIT: 5,
}  # fmt: skip
"""The step that a case is at in each state; past the last one where it has ended."""
_TOPIC = 64
_OFFERED = 3
"""Next candidates that are offered after a no."""
_ASKED_AGAIN = {CaseState.DECLINED, CaseState.NO_REPLY, CaseState.DROPPED}
"""States in which somebody else may be asked."""


class ProgressState(StrEnum):
    """Where a step lies from where the case is."""

    DONE = "done"
    NOW = "now"
    TODO = "todo"


class ProgressStep(NamedTuple):
    """One step of the way."""

    name: str
    state: ProgressState


class TimelineEntry(NamedTuple):
    """Something that happened to a case."""

    at: datetime
    by: str
    told: str
    note: str | None = None
    mail: QueuedMail | None = None


class AlternativePartner(NamedTuple):
    """Somebody else who could be asked."""

    record_id: str
    name: str


class CasePage(NamedTuple):
    """A case with everything a broker needs of it."""

    case: Case
    heading: str
    title: str
    """The name of what was suggested."""
    state: str
    next: str
    """What is to be done now."""
    steps: Sequence[ProgressStep]
    municipality: str | None
    due_on: date | None
    onward: Sequence[tuple[CaseState, str]]
    letter: DeskLetter
    entries: Sequence[TimelineEntry]
    reach: Reach
    reachable: bool
    last_move: LastMove | None
    candidates: Sequence[AlternativePartner]
    money: Sequence[tuple[str, str, date | None]]
    """Schemes of the answer: id, name, next deadline."""
    figures: CaseFigures
    files: Sequence[CaseFile]
    meeting: Meeting | None
    changed: Sequence[ChangedCall]
    """Changes of calls that it rests on, which no broker has seen to."""
    pairs: Sequence[PairPage]
    """Needs of others that are alike."""
    fellows: Sequence[CaseFellow]
    """Who follows it together with whom."""


def case_page(
    runtime: Runtime, case_id: str, profile: Profile, catalog: Messages, language: Language | None = None
) -> CasePage:
    """Return a case with everything a broker needs of it; the letter is in the language given, or as it was saved.

    Raises:
        UnknownCaseError: no case has that id.
    """
    case = runtime.referrals.get(case_id)
    answer = runtime.service.answer_of(case.log_id) if case.question else None
    municipality = municipality_name(case.kommunenummer) or case.kommunenummer
    title = case_title(case, runtime.store.find(case.record_id), catalog)
    topic = shortened(case_topic(case.question), _TOPIC) or title
    return CasePage(
        case=case,
        heading=f"{municipality} · {topic}" if municipality else topic,
        title=title,
        state=state_sentence(case, catalog),
        next=_next(runtime, case, catalog),
        steps=steps_of(case.state),
        municipality=municipality,
        due_on=runtime.followup.due_on(case) if case.onward else None,
        onward=[(state, catalog.text(f"case.move.{state}")) for state in case.onward],
        letter=CaseLetters(runtime).shown(case, profile, language),
        entries=timeline_of(runtime, case, catalog),
        reach=reach_of(case),
        reachable=is_reachable(case),
        last_move=Corrections(runtime.database).last_move(case_id),
        candidates=alternative_partners(runtime, case, answer, catalog),
        money=_money(answer, catalog),
        figures=Figures(runtime.database).get(case_id),
        files=CaseFiles(runtime.database).of(case_id),
        meeting=Meetings(runtime.database).of(case_id),
        changed=changed_calls(runtime, [case], catalog) if case.onward else (),
        pairs=pairs_of_case(runtime, case),
        fellows=fellows_of(runtime, case_id),
    )


def _next(runtime: Runtime, case: Case, catalog: Messages) -> str:
    """Return what is to be done now; an answer that moved nothing since is told, since only a broker judges it."""
    replies = PartnerAnswers(runtime.database).of(case.id)
    moves = [event.id for event in runtime.referrals.events(case.id) if event.to_state is not None]
    if replies and case.state in _OPEN_TO_ANSWERS and max(replies) > max(moves, default=0):
        last = replies[max(replies)].answer
        stands = CaseState.TAKEN if last is PartnerAnswer.YES else CaseState.DECLINED if last in REFUSALS else None
        if last in ANSWERS and case.state is not stands:
            return catalog.text("case.next.answered", answer=catalog.text(f"reply.{last}"))
    return catalog.text(next_key(case.state, runtime.settings))


def next_key(state: CaseState, settings: Settings) -> str:
    """Return the key of what to do next; an answer only comes here where letters can hold a link, or mail is read."""
    if state is not CaseState.SENT or settings.web_base_url is not None:
        return f"case.next.{state}"
    return "case.next.sent_by_mail" if settings.imap_host is not None else "case.next.sent_unlinked"


def steps_of(state: CaseState) -> list[ProgressStep]:
    """Return the way of a case in a state."""
    at = _AT.get(state, len(STEPS))
    place = {True: ProgressState.DONE, False: ProgressState.TODO}
    return [
        ProgressStep(name, ProgressState.NOW if number == at else place[number < at])
        for number, name in enumerate(STEPS)
    ]


def alternative_partners(
    runtime: Runtime, case: Case, answer: Answer | None, catalog: Messages
) -> list[AlternativePartner]:
    """Return who else could be asked: those suggested beside who said no, whom nobody has asked yet."""
    if case.state not in _ASKED_AGAIN or answer is None or case.record_id is None:
        return []
    kind = kind_of(case.record_id)
    asked = {one.record_id for one in runtime.referrals.cases(asker=case.asker) if one.log_id == case.log_id}
    wanted = kind if kind in {Kind.ACTOR, Kind.INSTRUMENT, Kind.IDEA} else Kind.ACTOR
    others = [suggestion for suggestion in answer.suggestions(wanted) if suggestion.id not in asked]
    return [AlternativePartner(other.id, name_of(other, catalog).text) for other in others[:_OFFERED]]


def _money(answer: Answer | None, catalog: Messages) -> list[tuple[str, str, date | None]]:
    schemes = answer.schemes[:2] if answer else ()
    return [(scheme.id, name_of(scheme, catalog).text, scheme.deadline) for scheme in schemes]


def timeline_of(runtime: Runtime, case: Case, catalog: Messages) -> list[TimelineEntry]:
    """Return what happened to a case and what became of its letters, the newest first."""
    replies = PartnerAnswers(runtime.database).of(case.id)
    entries = [timeline_entry(event, replies, catalog) for event in runtime.referrals.events(case.id)]
    entries += [_letter(mail, catalog) for mail in runtime.mail.of(case_reference(case.id))]
    entries += [_letter(mail, catalog, "asker") for mail in runtime.mail.of(f"asker:{case.id}")]
    return sorted(entries, key=lambda one: one.at, reverse=True)


def _letter(mail: QueuedMail, catalog: Messages, to: str = "partner") -> TimelineEntry:
    sentence = catalog.text(f"mail.{to}.{mail.state}", to=mail.to or "–")
    needs_help = mail.state in {*TROUBLED, MailState.QUEUED}
    fault = mail.fault if needs_help and mail.fault else None
    return TimelineEntry(mail.created_at, "", sentence, fault, mail if needs_help and mail.to else None)


def timeline_entry(event: CaseEvent, replies: dict[int, PartnerReply], catalog: Messages) -> TimelineEntry:
    """Return one thing that happened to a case in words."""
    names = {PARTNER: "case.by.partner", AWAY: "case.by.absence", BY_MAIL: "case.by.mail"}
    by = catalog.text("desk.asker") if event.action is CaseAction.OPENED else event.by
    by = catalog.text(names[event.by]) if event.by in names else by
    note = event.note
    match event.action:
        case CaseAction.MOVED | CaseAction.UNDONE | CaseAction.CORRECTED if event.from_state and event.to_state:
            states = {
                "from_state": catalog.text(f"case.state.{event.from_state}"),
                "to_state": catalog.text(f"case.state.{event.to_state}"),
            }
            sentence = catalog.text("case.action.moved", **states)
            if event.action is not CaseAction.MOVED:
                sentence = f"{catalog.text(f'case.action.{event.action}')}: {sentence}"
            if event.reason:
                sentence = f"{sentence} ({catalog.text(f'case.reason.{CaseReason(event.reason)}')})"
        case CaseAction.ASSIGNED | CaseAction.REMINDED:
            key = "unassigned" if event.action is CaseAction.ASSIGNED and not event.note else event.action.value
            sentence, note = catalog.text(f"case.action.{key}", note=event.note or ""), None
        case CaseAction.REPLIED if event.id in replies:
            sentence = f"{catalog.text('case.action.replied')}: {catalog.text(f'reply.{replies[event.id].answer}')}"
        case _:
            sentence = catalog.text(f"case.action.{event.action}")
    return TimelineEntry(event.at, by, sentence, note)
