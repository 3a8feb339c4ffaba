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

from pydantic import ConfigDict
from sqlalchemy import func, select

from assistant.cases.referrals import Referrals
from assistant.desk.cases import Line as CaseLine
from assistant.desk.cases import lines as case_lines
from assistant.desk.catalogue import Catalogue
from assistant.desk.changed_calls import schemes_under
from assistant.desk.freshness import Due, DueReason, Touched, in_order, newest_source
from assistant.funding.calendar import expected_round
from assistant.funding.schemes import current_call
from assistant.history.matchlog import MatchLog
from assistant.history.tables import SavedNeedRow
from assistant.platform.messages import Messages
from assistant.platform.workdays import norwegian_day, utc_now
from assistant.render.changed import amount_words
from assistant.service.container import Runtime
from corpus.curation import refuse
from corpus.database import Database
from corpus.errors import CorpusError, EditConflictError
from corpus.files import MODELS, Located, Record
from corpus.links import addresses
from corpus.new_dates import DateTold, with_deadline
from corpus.records import Actor, FundingInstrument, Kind, ProjectIdea
from corpus.store import RecordStore, StoredRecord
from corpus.tables import Action, RevisionRow
from corpus.text import Frozen, PartialDate

PER_PAGE = 20
NEEDS_OF = timedelta(days=90)
"""How far back needs are counted that rest on a record."""
SOURCES_SHOWN = 6
"""Addresses of a record that are given."""
FARTHEST = timedelta(days=3 * 366)
"""How far ahead a deadline may be."""
_NORWEGIAN = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})")


class WantedChecks(Frozen):
    """Which of what is due a broker wants to see, as an address asks for it."""

    # An address also names the page and the language.
    model_config = ConfigDict(extra="ignore")

    kind: Kind | None = None
    why: DueReason | None = None
    cases: bool = False
    """Only what open cases rest on."""
    used: bool = False
    """Only what something rests on: an open case, an answer of late or a saved need."""


class Place(NamedTuple):
    """An address of a record."""

    address: str
    label: str
    is_dead: bool


class Item(NamedTuple):
    """A record that is due, with what a broker needs to check it."""

    due: Due
    name: str
    version: int
    places: Sequence[Place]
    """Where to look, its own page first."""
    facts: Sequence[tuple[str, str]]
    """What the record says that may have changed: a term and what it is."""
    cases: Sequence[CaseLine]
    needs: int
    saved: int
    newest_source: PartialDate | None
    """The newest date that any source of it bears."""
    page: str
    """The address that a new date is most likely read at."""


class ToCheck(NamedTuple):
    """The list."""

    items: Sequence[Item]
    total: int
    counts: Mapping[str, int]
    """How many there are, by kind, by reason, with open cases, and used of late."""


class Done(NamedTuple):
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


def to_check(runtime: Runtime, catalogue: Catalogue, wanted: WantedChecks, page: int, catalog: Messages) -> ToCheck:
    """Return a page of what is due today, what is needed most first."""
    today = norwegian_day()
    touched = touches(runtime.database, runtime.service.log, runtime.referrals)
    everything = in_order(catalogue.due(today), touched)
    some = [one for one in everything if is_wanted(one, wanted, touched)]
    here = some[(page - 1) * PER_PAGE : page * PER_PAGE]
    items = []
    cases = {case.id: case for case in runtime.referrals.still_open()}
    payloads = runtime.store.payloads([one.record_id for one in here])
    for one in here:
        version, payload = payloads[one.record_id]
        record = MODELS[one.kind].model_validate_json(payload)
        rests = touched.get(one.record_id, Touched())
        lines = case_lines(runtime, [(cases[i], None) for i in rests.cases if i in cases], catalog)
        places = list(_places(_checkable(record), one.dead))
        items.append(
            Item(
                due=one,
                name=one.name.best(catalog.language).text,
                version=version,
                places=places,
                facts=list(_facts(_checkable(record), today, catalog)),
                cases=lines,
                needs=rests.needs,
                saved=rests.saved,
                newest_source=newest_source(_checkable(record)),
                page=_call_page(record, today) or next((at.address for at in places if not at.is_dead), ""),
            )
        )
    counts = Counter(one.kind.value for one in everything) + Counter(one.reason.value for one in everything)
    counts["cases"] = sum(bool(touched.get(one.record_id, Touched()).cases) for one in everything)
    counts["used"] = sum(touched.get(one.record_id, Touched()).is_used for one in everything)
    counts["all"] = len(everything)
    return ToCheck(items, len(some), counts)


def touches(database: Database, log: MatchLog, referrals: Referrals) -> dict[str, Touched]:
    """Return what rests on records: open cases about them, and needs of late whose answers showed them."""
    now = utc_now()
    needs: Counter[str] = Counter()
    for asked in log.needs(now - NEEDS_OF, now):
        needs.update(set(asked.suggested))
    still_open = referrals.still_open()
    cases: dict[str, list[str]] = {}
    under = schemes_under(log, still_open)
    for case in still_open:
        for record_id in {*under[case.id], *([case.record_id] if case.record_id else [])}:
            cases.setdefault(record_id, []).append(case.id)
    saved = _saved(database)
    ids = cases.keys() | needs.keys() | saved.keys()
    return {one: Touched(tuple(cases.get(one, ())), needs[one], saved[one]) for one in ids}


def _saved(database: Database) -> Counter[str]:
    """Return how many saved needs there are whose askers hear of each record."""
    with database.reading() as session:
        rows = session.execute(select(SavedNeedRow.known, SavedNeedRow.muted)).all()
    told: Counter[str] = Counter()
    for known, muted in rows:
        told.update(json.loads(known).keys() - set(json.loads(muted)))
    return told


def still_true(store: RecordStore, record_id: str, version: int, by: str) -> StoredRecord:
    """Note that a record was held against its sources today and is as it was.

    Raises:
        UnknownRecordError: there is none.
        EditConflictError: somebody else changed it meanwhile.
    """
    record = _checkable(store.get(record_id).record)
    return _save(store, record.model_copy(update={"checked_on": norwegian_day()}), version, by)


def new_date(store: RecordStore, record_id: str, version: int, by: str, typed: DateTold) -> StoredRecord:
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


def told_date(typed: str, address: str, same_rules: bool, today: date) -> DateTold:
    """Return a deadline as somebody typed it.

    Raises:
        CheckError: it is no day, is past or far ahead, or the address is none.
    """
    text = typed.strip()
    found = _NORWEGIAN.fullmatch(text)
    iso = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else text
    try:
        on = date.fromisoformat(iso)
    except ValueError as error:
        raise CheckError("date", text) from error
    if on < today:
        raise CheckError("past", text)
    if on > today + FARTHEST:
        raise CheckError("far", text)
    address = address.strip()
    if not re.fullmatch(r"https?://\S+\.\S+", address) or len(address) > 500:
        raise CheckError("address", address)
    return DateTold(on, address, same_rules)


def done_today(store: RecordStore, catalogue: Catalogue, catalog: Messages) -> list[Done]:
    """Return the checks of today, the newest first."""
    names = {line.id: line.name(catalog.language) for line in catalogue.lines()}
    later = select(func.max(RevisionRow.id)).group_by(RevisionRow.record_id)
    query = select(RevisionRow).where(RevisionRow.action == Action.CHECK).order_by(RevisionRow.id.desc()).limit(50)
    with store.database.reading() as session:
        rows = [row for row in session.scalars(query) if norwegian_day(row.at) == norwegian_day()]
        newest = set(session.scalars(later.where(RevisionRow.record_id.in_([row.record_id for row in rows]))))
        return [
            Done(row.record_id, row.version, names.get(row.record_id, ""), row.actor, row.at, row.id in newest)
            for row in rows
        ]


def take_back(store: RecordStore, record_id: str, version: int, by: str) -> StoredRecord:
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
    refuse(store, [Located(record.id, record)])
    return store.save(record, by=by, action=Action.CHECK, expected_version=version)


def _checkable(record: Record) -> Actor | FundingInstrument | ProjectIdea:
    if not isinstance(record, Actor | FundingInstrument | ProjectIdea):
        raise CheckError("kind", record.id)
    return record


def is_wanted(one: Due, wanted: WantedChecks, touched: Mapping[str, Touched]) -> bool:
    """Tell whether what is due is among what a broker wants to see."""
    return (
        (wanted.kind is None or one.kind is wanted.kind)
        and (wanted.why is None or one.reason is wanted.why)
        and (not wanted.cases or bool(touched.get(one.record_id, Touched()).cases))
        and (not wanted.used or touched.get(one.record_id, Touched()).is_used)
    )


def _places(record: Actor | FundingInstrument | ProjectIdea, dead: Sequence[str]) -> Iterator[Place]:
    """Yield where to look: the dead ones, its own page, that of its newest call, then other sources."""
    titles = {one.ref: one.title for one in record.sources if one.title}
    own = [record.url] if record.url else []
    if isinstance(record, FundingInstrument):
        own += [call.url for call in sorted(record.calls, key=_newest, reverse=True) if call.url][:1]
    found = dict.fromkeys((*dead, *own, *(one.ref for one in record.sources if one.ref in addresses(record))))
    for address in list(found)[: max(SOURCES_SHOWN, len(dead) + 1)]:
        label = titles.get(address) or re.sub(r"^https?://(www\.)?|/$", "", address)
        yield Place(address, label if len(label) <= 90 else f"{label[:89]}…", address in dead)


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
    passed = max((one.on for each in scheme.calls for one in each.deadlines if one.on < today), default=None)
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
