"""Pairs of needs: their states, what the two answered, and the case that comes of it.

Invariant: a pair is asked about only by a broker, and once; each side answers for itself alone. It is agreed when both
said yes, and over when one said no. Nobody's words stand in it, and it goes with either side's words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from assistant.history.tables import NeedPairRow
from assistant.platform.areas import Area
from assistant.platform.keys import opaque_id
from corpus.clock import utc_now
from corpus.database import Database
from corpus.errors import MellomromError
from corpus.text import Frozen


class PairState(StrEnum):
    """How far a pair has come."""

    FOUND = "found"
    """No broker has decided on it."""
    ASKED = "asked"
    """The two were asked, and not both have answered."""
    AGREED = "agreed"
    """Both said yes."""
    DECLINED = "declined"
    """One said no."""
    DISMISSED = "dismissed"
    """A broker saw that the two are not alike, or that nothing comes of it."""
    JOINED = "joined"
    """They follow one case together."""


WAITING = (PairState.FOUND, PairState.ASKED, PairState.AGREED)
"""The states in which a broker or one of the two has something to do."""


class Side(StrEnum):
    """One of the two."""

    FIRST = "first"
    SECOND = "second"

    @property
    def other(self) -> Side:
        """Return the other one."""
        return Side.SECOND if self is Side.FIRST else Side.FIRST


class PairSide(Frozen):
    """One of the two needs, as the pair knows it."""

    side: Side
    log_id: str
    asker: str
    """A pseudonym."""
    kommunenummer: str | None
    """As it was when the pair was found."""
    key: str
    """What its link is of."""
    answer: bool | None
    """None as long as it has not answered."""


class NeedPair(Frozen):
    """Two needs that are alike."""

    id: str
    first: PairSide
    second: PairSide
    likeness: float
    found_at: datetime
    state: PairState
    by: str | None
    asked_at: datetime | None
    case_id: str | None

    def of(self, side: Side) -> PairSide:
        """Return one of the two."""
        return self.first if side is Side.FIRST else self.second

    @property
    def sides(self) -> tuple[PairSide, PairSide]:
        """Return both."""
        return self.first, self.second


class NewPair(Frozen):
    """What a pair is made of."""

    first_log: str
    second_log: str
    first_asker: str
    second_asker: str
    first_kommunenummer: str | None
    second_kommunenummer: str | None
    likeness: float


class PairError(MellomromError):
    """A pair cannot be found or changed as asked."""


class UnknownPairError(PairError):
    """No pair has that id or link."""

    def __init__(self) -> None:
        super().__init__("There is no such pair of needs; it may be gone with the words of one of the two.")


class PairStateError(PairError):
    """A pair is somewhere else by now."""

    def __init__(self, state: PairState) -> None:
        super().__init__(f"The pair is {state.value!r} by now, so that cannot be done. Look at it again.")
        self.state = state


class Couplings:
    """The pairs in a database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now

    def add(self, session: Session, pairs: Iterable[NewPair]) -> int:
        """Add the pairs that are not there, within a transaction of the caller's; return how many."""
        added = 0
        for new in pairs:
            if self._between(session, new.first_log, new.second_log) is not None:
                continue
            values = new.model_dump(exclude={"likeness"})
            session.add(
                NeedPairRow(
                    **values,
                    id=opaque_id(),
                    first_key=opaque_id(),
                    second_key=opaque_id(),
                    likeness=round(1000 * new.likeness),
                    found_at=self._now(),
                    state=PairState.FOUND.value,
                )
            )
            session.flush()
            added += 1
        return added

    def get(self, pair_id: str) -> NeedPair:
        """Return a pair.

        Raises:
            UnknownPairError: there is none.
        """
        with self._database.reading() as session:
            return _pair_of(_found(session, pair_id))

    def by_key(self, key: str) -> tuple[NeedPair, Side]:
        """Return the pair, and which of the two, that a link is of.

        Raises:
            UnknownPairError: there is none.
        """
        either = or_(NeedPairRow.first_key == key, NeedPairRow.second_key == key)
        with self._database.reading() as session:
            row = session.scalar(select(NeedPairRow).where(either))
            if row is None:
                raise UnknownPairError
            return _pair_of(row), Side.FIRST if row.first_key == key else Side.SECOND

    def waiting(self, area: Area = Area()) -> list[NeedPair]:  # noqa: B008 (frozen)
        """Return the pairs that somebody has something to do with and one of which is of an area, the likest first."""
        pairs = self._select(NeedPairRow.state.in_(WAITING))
        return [one for one in pairs if any(area.covers(side.kommunenummer) for side in one.sides)]

    def of_need(self, log_id: str) -> list[NeedPair]:
        """Return the pairs that a need is in and that are not over, the likest first."""
        states = NeedPairRow.state.in_([*WAITING, PairState.JOINED])
        return self._select(states, or_(NeedPairRow.first_log == log_id, NeedPairRow.second_log == log_id))

    def unasked(self, log_id: str) -> list[str]:
        """Return the ids of the pairs that a need is in and that nobody was asked about yet, the likest first."""
        either = or_(NeedPairRow.first_log == log_id, NeedPairRow.second_log == log_id)
        return [one.id for one in self._select(NeedPairRow.state == PairState.FOUND, either)]

    def of_asker(self, asker: str) -> list[NeedPair]:
        """Return the pairs that somebody has been asked about, the likest first."""
        states = NeedPairRow.state.in_([PairState.ASKED, PairState.AGREED, PairState.JOINED])
        return self._select(states, or_(NeedPairRow.first_asker == asker, NeedPairRow.second_asker == asker))

    def move(self, session: Session, pair_id: str, to: PairState, since: Sequence[PairState], by: str) -> NeedPair:
        """Bring a pair to a state, within a transaction of the caller's.

        Args:
            session: The transaction.
            pair_id: The pair.
            to: Where to.
            since: The states it may be in before.
            by: The broker who does it.

        Raises:
            UnknownPairError: there is none.
            PairStateError: it is in another state.
        """
        row = _found(session, pair_id)
        if row.state not in since:
            raise PairStateError(PairState(row.state))
        row.state, row.by = to.value, by
        if to is PairState.ASKED:
            row.asked_at = self._now()
        session.flush()
        return _pair_of(row)

    def dismiss(self, pair_id: str, by: str) -> bool:
        """Note that nothing comes of a pair that nobody was asked about; tell whether that was so."""
        return self._switch(pair_id, PairState.FOUND, PairState.DISMISSED, by)

    def restore(self, pair_id: str, by: str) -> bool:
        """Take back that nothing comes of a pair; tell whether it was so."""
        return self._switch(pair_id, PairState.DISMISSED, PairState.FOUND, by)

    def answer(self, session: Session, pair_id: str, side: Side, *, yes: bool) -> NeedPair:
        """Write down what one of the two answered, within a transaction of the caller's.

        Until both have said yes or one has said no, it may be answered anew.

        Raises:
            UnknownPairError: there is none.
            PairStateError: it is not asked about, or no more.
        """
        row = _found(session, pair_id)
        if row.state != PairState.ASKED:
            raise PairStateError(PairState(row.state))
        setattr(row, f"{side}_answer", "yes" if yes else "no")
        if not yes:
            row.state = PairState.DECLINED.value
        elif row.first_answer == row.second_answer == "yes":
            row.state = PairState.AGREED.value
        session.flush()
        return _pair_of(row)

    def joined(self, session: Session, pair_id: str, case_id: str, by: str) -> NeedPair:
        """Note that the two follow a case together, within a transaction of the caller's.

        Raises:
            UnknownPairError: there is none.
            PairStateError: not both have said yes.
        """
        pair = self.move(session, pair_id, PairState.JOINED, [PairState.AGREED], by)
        _found(session, pair_id).case_id = case_id
        return pair.model_copy(update={"case_id": case_id})

    def _switch(self, pair_id: str, before: PairState, after: PairState, by: str) -> bool:
        with self._database.writing() as session:
            row = session.get(NeedPairRow, pair_id)
            if row is None or row.state != before:
                return False
            row.state, row.by = after.value, by
            return True

    def _between(self, session: Session, one: str, other: str) -> NeedPairRow | None:
        ways = (
            (NeedPairRow.first_log == one) & (NeedPairRow.second_log == other),
            (NeedPairRow.first_log == other) & (NeedPairRow.second_log == one),
        )
        return session.scalar(select(NeedPairRow).where(or_(*ways)))

    def _select(self, *wanted: ColumnElement[bool]) -> list[NeedPair]:
        query = select(NeedPairRow).where(*wanted).order_by(NeedPairRow.likeness.desc(), NeedPairRow.id)
        with self._database.reading() as session:
            return [_pair_of(row) for row in session.scalars(query)]


def _found(session: Session, pair_id: str) -> NeedPairRow:
    row = session.get(NeedPairRow, pair_id)
    if row is None:
        raise UnknownPairError
    return row


_ANSWERS = {"yes": True, "no": False, None: None}


def _pair_of(row: NeedPairRow) -> NeedPair:
    def side(which: Side) -> PairSide:
        return PairSide(
            side=which,
            log_id=getattr(row, f"{which}_log"),
            asker=getattr(row, f"{which}_asker"),
            kommunenummer=getattr(row, f"{which}_kommunenummer"),
            key=getattr(row, f"{which}_key"),
            answer=_ANSWERS[getattr(row, f"{which}_answer")],
        )

    return NeedPair(
        id=row.id,
        first=side(Side.FIRST),
        second=side(Side.SECOND),
        likeness=row.likeness / 1000,
        found_at=row.found_at,
        state=PairState(row.state),
        by=row.by,
        asked_at=row.asked_at,
        case_id=row.case_id,
    )
