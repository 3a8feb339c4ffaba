"""The list *To check*: what is due beside its source, and what a broker says of it in one step.

Invariant: a check is a revision of its own, made over the version that the broker saw; a new date of a call carries the
address where it stands and the day it was read there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from weakref import WeakKeyDictionary

from pydantic import ConfigDict
from sqlalchemy import func, select

from assistant.cases.cases import Case, CaseOutline
from assistant.desk.cases import CaseLine
from assistant.desk.cases import lines as case_lines
from assistant.desk.catalogue import Catalogue
from assistant.desk.changed_calls import schemes_under
from assistant.desk.freshness import DueReason, DueRecord, RecordUsage, in_order, newest_source
from assistant.funding.calendar import expected_round
from assistant.funding.schemes import current_call
from assistant.history.matchlog import MatchLog
from assistant.history.tables import SavedNeedRow
from assistant.platform.messages import Messages
from assistant.platform.typed_dates import day_in
from assistant.platform.workdays import first_moment, norwegian_day
from assistant.render.call_changes import amount_words
from assistant.service.container import Runtime
from corpus.clock import utc_now
from corpus.curation import raise_if_invalid
from corpus.database import Database
from corpus.errors import CorpusError, EditConflictError
from corpus.files import MODELS, Located, Record
from corpus.links import addresses
from corpus.new_dates import NewDate, with_deadline
from corpus.records import Actor, FundingInstrument, Kind, ProjectIdea
from corpus.store import RecordStore
from corpus.stored import StoredRecord
from corpus.tables import Action, RevisionRow
from corpus.text import Frozen, PartialDate

PER_PAGE = 20
CASES_SHOWN = 3
"""Open cases named with a record; of more, their number is told."""
NEEDS_OF = timedelta(days=90)
"""How far back needs are counted that rest on a record."""
SOURCES_SHOWN = 6
"""Addresses of a record that are given."""
FARTHEST = timedelta(days=3 * 366)
"""How far ahead a deadline may be."""


class CheckFilter(Frozen):
    """Which of what is due a broker wants to see, as an address asks for it."""

    # An address also names the page and the language; the web framework reads the model before it is first used.
    model_config = ConfigDict(extra="ignore", defer_build=False)

    kind: Kind | None = None
    why: DueReason | None = None
    cases: bool = False
    """Only what open cases rest on."""
    used: bool = False
    """Only what something rests on: an open case, an answer of late or a saved need."""


class SourceAddress(NamedTuple):
    """An address of a record."""

    address: str
    label: str
    is_dead: bool


class DueCheck(NamedTuple):
    """A record that is due, with what a broker needs to check it."""

    due: DueRecord
    name: str
    version: int
    places: Sequence[SourceAddress]
    """Where to look, its own page first."""
    facts: Sequence[tuple[str, str]]
    """What the record says that may have changed: a term and what it is."""
    cases: Sequence[CaseLine]
    """Some of the open cases that rest on it."""
    cases_total: int
    needs: int
    saved: int
    newest_source: PartialDate | None
    """The newest date that any source of it bears."""
    page: str
    """The address that a new date is most likely read at."""


class CheckList(NamedTuple):
    """The list."""

    items: Sequence[DueCheck]
    total: int
    counts: Mapping[str, int]
    """How many there are, by kind, by reason, with open cases, and used of late."""


class CompletedCheck(NamedTuple):
    """A check of today."""

    record_id: str
    version: int
    name: str
    by: str
    at: datetime
    is_newest: bool
    """Whether nothing came after it, so that it can be taken back."""


class CheckError(CorpusError):
    """What was typed cannot be used."""

    def __init__(self, code: str, got: str) -> None:
        super().__init__(f"{code}: {got}")
        self.code = code
        self.got = got


def list_due_checks(
    runtime: Runtime, catalogue: Catalogue, wanted: CheckFilter, page: int, catalog: Messages
) -> CheckList:
    """Return a page of what is due today, what is needed most first."""
    today = norwegian_day()
    touched = touches(runtime.database, runtime.service.log, runtime.referrals.open_outlines())
    everything = in_order(catalogue.due(today), touched)
    some = [one for one in everything if is_wanted(one, wanted, touched)]
    here = some[(page - 1) * PER_PAGE : page * PER_PAGE]
    items = []
    payloads = runtime.store.payloads([one.record_id for one in here])
    shown = {one.record_id: touched.get(one.record_id, RecordUsage()).cases[:CASES_SHOWN] for one in here}
    cases = runtime.referrals.having(one for some in shown.values() for one in some)
    by_case = {line.case.id: line for line in case_lines(runtime, [(case, None) for case in cases], catalog)}
    for one in here:
        version, payload = payloads[one.record_id]
        record = MODELS[one.kind].model_validate_json(payload)
        rests = touched.get(one.record_id, RecordUsage())
        places = list(_places(_checkable(record), one.dead))
        items.append(
            DueCheck(
                due=one,
                name=one.name.best(catalog.language).text,
                version=version,
                places=places,
                facts=list(_facts(_checkable(record), today, catalog)),
                cases=[by_case[i] for i in shown[one.record_id] if i in by_case],
                cases_total=len(rests.cases),
                needs=rests.needs,
                saved=rests.saved,
                newest_source=newest_source(_checkable(record)),
                page=_call_page(record, today) or next((at.address for at in places if not at.is_dead), ""),
            )
        )
    counts = Counter(one.kind.value for one in everything) + Counter(one.reason.value for one in everything)
    resting = [usage for one in everything if (usage := touched.get(one.record_id)) is not None]
    counts["cases"] = sum(bool(usage.cases) for usage in resting)
    counts["used"] = sum(usage.is_used for usage in resting)
    counts["all"] = len(everything)
    return CheckList(items, len(some), counts)


def touches(database: Database, log: MatchLog, still_open: Sequence[Case | CaseOutline]) -> dict[str, RecordUsage]:
    """Return what rests on records: those open cases, needs of late whose answers showed them, and saved needs."""
    needs = _needed(log)
    cases: dict[str, list[str]] = {}
    under = schemes_under(log, still_open)
    for case in still_open:
        for record_id in {*under[case.id], *([case.record_id] if case.record_id else [])}:
            cases.setdefault(record_id, []).append(case.id)
    saved = _saved(database)
    ids = cases.keys() | needs.keys() | saved.keys()
    return {one: RecordUsage(tuple(cases.get(one, ())), needs[one], saved[one]) for one in ids}


_NEEDED: WeakKeyDictionary[MatchLog, tuple[object, Counter[str]]] = WeakKeyDictionary()
"""By log, how often its needs of late were answered with each record, and the day and length that holds for."""


def _needed(log: MatchLog) -> Counter[str]:
    since = first_moment(norwegian_day() - NEEDS_OF)
    asked = log.needs(since, utc_now())
    state = since, len(asked), asked[-1].log_id if asked else None
    known = _NEEDED.get(log)
    if known is None or known[0] != state:
        known = state, Counter(record_id for one in asked for record_id in set(one.suggested))
        _NEEDED[log] = known
    return known[1]


def _saved(database: Database) -> Counter[str]:
    """Return how many saved needs there are whose askers hear of each record."""
    with database.reading() as session:
        rows = session.execute(select(SavedNeedRow.known, SavedNeedRow.muted)).all()
    counts: Counter[str] = Counter()
    for known, muted in rows:
        counts.update(json.loads(known).keys() - set(json.loads(muted)))
    return counts


def confirm_record(store: RecordStore, record_id: str, version: int, by: str) -> StoredRecord:
    """Note that a record was held against its sources today and is as it was.

    Raises:
        UnknownRecordError: there is none.
        EditConflictError: somebody else changed it meanwhile.
    """
    record = _checkable(store.get(record_id).record)
    return _save(store, record.model_copy(update={"checked_on": norwegian_day()}), version, by)


def record_new_date(store: RecordStore, record_id: str, version: int, by: str, typed: NewDate) -> StoredRecord:
    """Write a new deadline of a scheme, as it was read at an address today.

    Raises:
        CheckError: the date or the address cannot be used, or the record is no scheme.
        UnknownRecordError: there is none.
        EditConflictError: somebody else changed it meanwhile.
    """
    record = store.get(record_id).record
    if not isinstance(record, FundingInstrument):
        raise CheckError("kind", record_id)
    return _save(store, with_deadline(record, typed, norwegian_day()), version, by)


def parse_date(typed: str, address: str, same_rules: bool, today: date) -> NewDate:
    """Return a deadline as somebody typed it.

    Raises:
        CheckError: it is no day, is past or far ahead, or the address is none.
    """
    text = typed.strip()
    try:
        on = day_in(text)
    except ValueError as error:
        raise CheckError("date", text) from error
    if on < today:
        raise CheckError("past", text)
    if on > today + FARTHEST:
        raise CheckError("far", text)
    address = address.strip()
    if not re.fullmatch(r"https?://\S+\.\S+", address) or len(address) > 500:
        raise CheckError("address", address)
    return NewDate(on, address, same_rules)


def completed_today(store: RecordStore, catalogue: Catalogue, catalog: Messages) -> list[CompletedCheck]:
    """Return the checks of today, the newest first."""
    lines = catalogue.by_id()
    later = select(func.max(RevisionRow.id)).group_by(RevisionRow.record_id)
    query = select(RevisionRow).where(RevisionRow.action == Action.CHECK).order_by(RevisionRow.id.desc()).limit(50)
    with store.database.reading() as session:
        rows = [row for row in session.scalars(query) if norwegian_day(row.at) == norwegian_day()]
        newest = set(session.scalars(later.where(RevisionRow.record_id.in_([row.record_id for row in rows]))))
        return [
            CompletedCheck(
                row.record_id,
                row.version,
                lines[row.record_id].name(catalog.language) if row.record_id in lines else "",
                row.actor,
                row.at,
                row.id in newest,
            )
            for row in rows
        ]


def undo_check(store: RecordStore, record_id: str, version: int, by: str) -> StoredRecord:
    """Make a record what it was before a check, where nothing came after it.

    Raises:
        EditConflictError: the check is not the newest change of the record.
        UnknownRecordError: there is no such record.
    """
    past = {one.version: one for one in store.history(record_id)}
    check, before = past.get(version), past.get(version - 1)
    if check is None or before is None or check.action is not Action.CHECK:
        raise EditConflictError(f"{record_id}: version {version} is no check that can be taken back.")
    record = type(store.get(record_id).record).model_validate_json(before.snapshot)
    return store.save(record, by=by, expected_version=version, note=f"as in version {before.version}")


def _save(store: RecordStore, record: Record, version: int, by: str) -> StoredRecord:
    raise_if_invalid(store, [Located(record.id, record)])
    return store.save(record, by=by, action=Action.CHECK, expected_version=version)


def _checkable(record: Record) -> Actor | FundingInstrument | ProjectIdea:
    if not isinstance(record, Actor | FundingInstrument | ProjectIdea):
        raise CheckError("kind", record.id)
    return record


def is_wanted(one: DueRecord, wanted: CheckFilter, touched: Mapping[str, RecordUsage]) -> bool:
    """Tell whether what is due is among what a broker wants to see."""
    return (
        (wanted.kind is None or one.kind is wanted.kind)
        and (wanted.why is None or one.reason is wanted.why)
        and (not wanted.cases or bool(touched.get(one.record_id, RecordUsage()).cases))
        and (not wanted.used or touched.get(one.record_id, RecordUsage()).is_used)
    )


def _places(record: Actor | FundingInstrument | ProjectIdea, dead: Sequence[str]) -> Iterator[SourceAddress]:
    """Yield where to look: the dead ones, its own page, that of its newest call, then other sources."""
    titles = {source.ref: source.title for source in record.sources if source.title}
    own = [record.url] if record.url else []
    if isinstance(record, FundingInstrument):
        own += [call.url for call in sorted(record.calls, key=_newest, reverse=True) if call.url][:1]
    known = addresses(record)
    places = dict.fromkeys((*dead, *own, *(one.ref for one in record.sources if one.ref in known)))
    for address in list(places)[: max(SOURCES_SHOWN, len(dead) + 1)]:
        label = titles.get(address) or re.sub(r"^https?://(www\.)?|/$", "", address)
        yield SourceAddress(address, label if len(label) <= 90 else f"{label[:89]}…", address in dead)


def _newest(call: object) -> date:
    days = [one.on for one in getattr(call, "deadlines", ())]
    return max(days, default=date(getattr(call, "year", None) or 1, 1, 1))


def _call_page(record: Record, today: date) -> str | None:
    if not isinstance(record, FundingInstrument):
        return None
    call = current_call(record, today)
    return (call.url if call else None) or record.url


def _facts(
    record: Actor | FundingInstrument | ProjectIdea, today: date, catalog: Messages
) -> Iterator[tuple[str, str]]:
    """Yield what a record says that may have changed."""
    match record:
        case FundingInstrument():
            yield from _scheme_facts(record, today, catalog)
        case Actor():
            yield catalog.text("check.summary"), record.summary.best(catalog.language).text
            for contact in record.contacts[:2]:
                reached = [one for one in (contact.email, contact.phone, contact.url) if one]
                yield contact.role.best(catalog.language).text, ", ".join(reached)
        case ProjectIdea():
            yield catalog.text("check.stage"), catalog.text(f"records.option.IdeaStage.{record.stage}")
            if record.ended_on:
                yield catalog.text("check.ends"), catalog.date(record.ended_on)


def _scheme_facts(scheme: FundingInstrument, today: date, catalog: Messages) -> Iterator[tuple[str, str]]:
    call = current_call(scheme, today)
    deadline = call.next_deadline(today) if call else None
    passed = max(
        (deadline.on for each in scheme.calls for deadline in each.deadlines if deadline.on < today), default=None
    )
    expected = expected_round(scheme, today)
    if call and call.opens_on:
        yield catalog.text("check.opens"), catalog.date(call.opens_on)
    if deadline:
        yield catalog.text("check.deadline"), catalog.date(deadline.isoformat())
    if passed and not deadline:
        yield catalog.text("check.passed"), catalog.date(passed.isoformat())
    if expected and not deadline:
        yield catalog.text("check.expected"), catalog.date(expected.on)
    newest = call or max(scheme.calls, key=_newest, default=None)
    for amount in newest.amounts[:2] if newest else ():
        yield catalog.text("check.amount"), amount_words(amount, catalog)
    for statement in newest.applicants[:1] if newest else ():
        yield catalog.text("check.applicants"), statement.text.best(catalog.language).text
