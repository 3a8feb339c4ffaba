"""Pairs of needs as brokers see them, what the two are asked and told, and the case that they follow together.

Invariant: until both have said yes, neither is told anything of the other, not even the other's words; what each is
told goes by the way that it is told of its case or its saved need, in one transaction with what it tells of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.cases.cases import ENDED, Case, CaseAction, NewCase, without_undone
from assistant.cases.events import add_event, bump_version, case_of, event_of
from assistant.cases.partner_answers import LinkPurpose, SignedLinks
from assistant.cases.reach import Reach, is_reachable, reach_text
from assistant.cases.updates import CaseUpdate
from assistant.coupling.couplings import Couplings, NeedPair, PairSide, PairState, Side, UnknownPairError
from assistant.desk.notifications import update_sentence
from assistant.history.log_entries import LogEntry
from assistant.history.tables import CaseEventRow, CaseMemberRow, CaseRow, SavedNeedRow, saved_reference
from assistant.mail.queue import NewMail
from assistant.platform.messages import Messages, messages
from assistant.platform.municipalities import MunicipalityFacts, MunicipalityFileError, municipality_facts
from assistant.platform.workdays import norwegian_day
from assistant.render.cases import case_title
from assistant.saved.digest import can_mail, saved_needs_of
from assistant.service.container import Runtime
from assistant.service.stored_answers import StoredAnswer, question_in
from corpus.clock import utc_now
from corpus.places import Municipality, load_places, municipality_name
from corpus.text import Language

LINK_DAYS = 60
"""How long the two may answer by the link they were sent."""
_MIRRORED = (CaseAction.MOVED, CaseAction.CORRECTED)
"""The steps of a case that those who follow it are told; what brokers write to the one who leads is for that one."""


class PairedNeed(NamedTuple):
    """One of the two needs, as a broker sees it."""

    side: Side
    question: str
    """Empty once its words are gone."""
    asked_on: date | None
    municipality: str
    """The name, or empty where nobody has told it."""
    county: str
    case_id: str | None
    """The open case of the need."""
    reachable: bool
    """Whether it can be asked by us; else the broker has to."""
    answer: bool | None


class PairPage(NamedTuple):
    """A pair with everything a broker needs of it."""

    pair: NeedPair
    needs: tuple[PairedNeed, PairedNeed]
    themes: tuple[str, ...]
    """The slugs of themes of Los that both are about."""
    same_group: bool
    """Whether both are in one KOSTRA group, as far as the installation knows."""

    @property
    def same_county(self) -> str:
        """Return the county that both are in; empty where they are not, or one is nowhere known."""
        one, other = self.needs
        return one.county if one.county == other.county else ""

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Return the names that are known."""
        return tuple(one.municipality for one in self.needs if one.municipality)


class CaseFellow(NamedTuple):
    """A case that is followed together with another."""

    case_id: str
    municipality: str
    leads: bool


def pair_page(runtime: Runtime, pair: NeedPair) -> PairPage:
    """Return a pair with what its needs say and how they can be reached."""
    entries = {entry.log_id: entry for entry in runtime.service.log.having([one.log_id for one in pair.sides])}
    with runtime.database.reading() as session:
        first, second = (_paired(runtime, session, one, entries.get(one.log_id)) for one in pair.sides)
    themes = [_themes(entries.get(one.log_id)) for one in pair.sides]
    facts: Mapping[str, MunicipalityFacts] = {}
    # A file that was whole at the start and is gone or broken now only takes this one line from the page.
    with suppress(MunicipalityFileError):
        facts = municipality_facts(runtime.settings.municipality_file)
    groups = [known.kostra_group if (known := facts.get(one.kommunenummer or "")) else None for one in pair.sides]
    same_group = groups[0] is not None and groups[0] == groups[1]
    return PairPage(pair, (first, second), tuple(one for one in themes[0] if one in themes[1]), same_group)


def pairs_of_case(runtime: Runtime, case: Case) -> list[PairPage]:
    """Return the pairs that a case is in, those of its own county first, then of its group."""
    pages = [pair_page(runtime, pair) for pair in Couplings(runtime.database).of_need(case.log_id)]
    return sorted(pages, key=lambda page: (not page.same_county, not page.same_group, -page.pair.likeness))


def fellows_of(runtime: Runtime, case_id: str) -> list[CaseFellow]:
    """Return the other cases that a case is followed together with."""
    together = (CaseMemberRow.case_id == case_id) | (CaseMemberRow.member_id == case_id)
    with runtime.database.reading() as session:
        rows = session.scalars(select(CaseMemberRow).where(together)).all()
        others = [(row.member_id, False) if row.case_id == case_id else (row.case_id, True) for row in rows]
        numbers = {one: row.kommunenummer for one, _ in others if (row := session.get(CaseRow, one)) is not None}
    return [
        CaseFellow(one, municipality_name(numbers[one]) or numbers[one] or "", leads)
        for one, leads in others
        if one in numbers
    ]


def ask_both(runtime: Runtime, pair_id: str, by: str) -> NeedPair:
    """Ask the two whether they want to do it together, without telling either who the other is.

    Raises:
        UnknownPairError: there is no such pair.
        PairStateError: they were asked, or a broker decided otherwise.
    """
    with runtime.database.writing() as session:
        pair = Couplings(runtime.database).move(session, pair_id, PairState.ASKED, [PairState.FOUND], by)
        for one in pair.sides:
            _say(runtime, session, pair, one.side, "asked", by)
    return pair


def take_answer(runtime: Runtime, pair_id: str, side: Side, by: str, *, yes: bool) -> NeedPair:
    """Write down what one of the two said, and tell both what it comes to.

    Raises:
        UnknownPairError: there is no such pair.
        PairStateError: nobody waits for an answer.
    """
    with runtime.database.writing() as session:
        pair = Couplings(runtime.database).answer(session, pair_id, side, yes=yes)
        if pair.state is PairState.AGREED:
            for one in pair.sides:
                _say(runtime, session, pair, one.side, "agreed", by)
        elif pair.state is PairState.DECLINED:
            _say(runtime, session, pair, side.other, "declined", by)
    return pair


def join(runtime: Runtime, pair_id: str, lead: Side, by: str) -> Case:
    """Make one case of a pair in which both said yes, led by one of them; return it.

    Raises:
        UnknownPairError: there is no such pair, or the words of one of the two are gone.
        PairStateError: not both have said yes.
    """
    pair = Couplings(runtime.database).get(pair_id)
    entries = {entry.log_id: entry for entry in runtime.service.log.having([one.log_id for one in pair.sides])}
    with runtime.database.writing() as session:
        leading = _case_for(runtime, session, pair.of(lead), entries)
        member = _case_for(runtime, session, pair.of(lead.other), entries)
        pair = Couplings(runtime.database).joined(session, pair_id, leading.id, by)
        _say(runtime, session, pair, lead, "leads", by)
        _say(runtime, session, pair, lead.other, "follows", by)
        last = session.scalar(select(func.max(CaseEventRow.id)).where(CaseEventRow.case_id == leading.id)) or 0
        session.merge(CaseMemberRow(case_id=leading.id, member_id=member.id, told_event=last))
    return leading


def tell_members(runtime: Runtime, by: str = "together") -> int:
    """Tell those who follow another's case its steps, once nobody can undo them; return how many were told."""
    before = utc_now() - timedelta(minutes=runtime.settings.mail_undo_minutes)
    with runtime.database.reading() as session:
        keys = [(row.case_id, row.member_id) for row in session.scalars(select(CaseMemberRow))]
    count = 0
    for key in keys:
        with runtime.database.writing() as session:
            row = session.get(CaseMemberRow, key)
            leading, member = session.get(CaseRow, key[0]), session.get(CaseRow, key[1])
            if row is None or leading is None or member is None:
                continue
            query = select(CaseEventRow).where(CaseEventRow.case_id == leading.id).order_by(CaseEventRow.id)
            steps = [one for one in without_undone(map(event_of, session.scalars(query))) if one.action in _MIRRORED]
            due = [one for one in steps if one.id > row.told_event and one.at <= before]
            catalog = messages(Language(member.language))
            for event in due if member.question else ():
                case = case_of(leading)
                title = case_title(case, runtime.store.find(case.record_id), catalog)
                text = catalog.text(
                    "pair.told.step", told=update_sentence(CaseUpdate(case=case, event=event), title, catalog)
                )
                add_event(session, member.id, by, CaseAction.TOLD, utc_now(), note=text)
                bump_version(member, utc_now())
                count += 1
            if due:
                row.told_event = due[-1].id
    return count


def pair_link(runtime: Runtime, side: PairSide) -> str:
    """Return the path of the page where one of the two answers."""
    return f"/pair/{SignedLinks(runtime.keys).token(LinkPurpose.PAIR, side.key, LINK_DAYS)}"


def asked_of(runtime: Runtime, asker: str) -> list[tuple[NeedPair, PairSide, str]]:
    """Return the pairs that somebody was asked about, each with their side and its path."""
    asked = []
    for pair in Couplings(runtime.database).of_asker(asker):
        side = next(one for one in pair.sides if one.asker == asker)
        asked.append((pair, side, pair_link(runtime, side)))
    return asked


def _say(runtime: Runtime, session: Session, pair: NeedPair, side: Side, what: str, by: str) -> None:
    """Tell one of the two something by the way it is told of its case or its saved need; else its own page shows it."""
    mine, theirs = pair.of(side), pair.of(side.other)
    row = _open_case(session, mine)
    saved = _saved(session, mine)
    language = Language(row.language if row else saved.language if saved else Language.NB)
    catalog = messages(language)
    question = row.question if row else saved.question if saved else ""
    values = {"need": question, "other": _name(runtime, session, theirs, catalog)}
    base = runtime.settings.web_base_url
    link = f"{base}{pair_link(runtime, mine)}?lang={language}" if base else ""
    parts = [catalog.text(f"pair.told.{what}", **values)]
    if what == "asked":
        parts.append(catalog.text("pair.told.link", link=link) if link else catalog.text("pair.told.no_link"))
    if row is not None:
        add_event(session, row.id, by, CaseAction.TOLD, utc_now(), note=" ".join(parts))
        bump_version(row, utc_now())
        return
    if saved is None:
        return
    saved_needs_of(runtime).notify(session, saved.id, " ".join(parts))
    if saved.address and saved.is_confirmed and can_mail(runtime):
        mail = NewMail(
            to=saved.address,
            subject=catalog.text("pair.mail.subject"),
            body="\n\n".join([catalog.text("letter.greeting"), *parts]),
            reference=saved_reference(saved.id),
            key=f"pair:{pair.id}:{side}:{what}",
            automatic=True,
        )
        runtime.mail.put(session, mail)


def _name(runtime: Runtime, session: Session, side: PairSide, catalog: Messages) -> str:
    row = _open_case(session, side)
    number = row.kommunenummer if row else None
    if number is None:
        entry = next(runtime.service.log.having([side.log_id]), None)
        number = entry.kommunenummer if entry else None
    name = municipality_name(number)
    return catalog.text("pair.municipality", name=name) if name else catalog.text("pair.municipality.unknown")


def _paired(runtime: Runtime, session: Session, side: PairSide, entry: LogEntry | None) -> PairedNeed:
    row, saved = _open_case(session, side), _saved(session, side)
    number = (row.kommunenummer if row else None) or (entry.kommunenummer if entry else None)
    place = load_places().municipality(number) if number else None
    question = (question_in(entry.text) if entry else None) or (saved.question if saved else "")
    by_mail = saved is not None and saved.is_confirmed and can_mail(runtime)
    is_told = by_mail or (saved is not None and saved.reply_to is not None)
    return PairedNeed(
        side=side.side,
        question=(row.question if row else "") or question or "",
        asked_on=norwegian_day(entry.at) if entry else None,
        municipality=municipality_name(number) or "",
        county=_county(place),
        case_id=row.id if row else None,
        reachable=is_reachable(case_of(row)) if row else is_told,
        answer=side.answer,
    )


def _county(place: Municipality | None) -> str:
    county = load_places().county(place.county) if place else None
    return county.name if county else ""


def _themes(entry: LogEntry | None) -> Sequence[str]:
    stored = StoredAnswer.read(entry) if entry else None
    return stored.reply.answer.themes if stored and stored.reply.answer else ()


def _open_case(session: Session, side: PairSide) -> CaseRow | None:
    """Return the open case of a need; of several, the one that a broker was asked about in general, else the newest."""
    ended = [one.value for one in ENDED]
    query = select(CaseRow).where(CaseRow.log_id == side.log_id, CaseRow.state.not_in(ended), CaseRow.question != "")
    return session.scalar(query.order_by(CaseRow.record_id != "", CaseRow.opened_at.desc()).limit(1))


def _saved(session: Session, side: PairSide) -> SavedNeedRow | None:
    wanted = (SavedNeedRow.log_id == side.log_id, SavedNeedRow.asker == side.asker)
    return session.scalar(select(SavedNeedRow).where(*wanted))


def _case_for(runtime: Runtime, session: Session, side: PairSide, entries: dict[str, LogEntry]) -> Case:
    """Return the open case of a need, or open one."""
    row = _open_case(session, side)
    if row is not None:
        return case_of(row)
    entry, saved = entries.get(side.log_id), _saved(session, side)
    question = (question_in(entry.text) if entry else None) or (saved.question if saved else None)
    if entry is None or not question:
        raise UnknownPairError
    reach = Reach(contact=saved.address, by_mail=True) if saved and saved.address and saved.is_confirmed else Reach()
    new = NewCase(
        log_id=side.log_id,
        record_id=None,
        question=question,
        note=None,
        asker=side.asker,
        channel=entry.channel,
        tenant=entry.tenant,
        # Who saved it in a channel is told of the case there.
        reply_to=saved.reply_to if saved and saved.reply_to else reach_text(reach),
        kommunenummer=entry.kommunenummer,
        language=entry.language,
    )
    return runtime.referrals.opened(session, new)[0]
