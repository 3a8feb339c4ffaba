"""The needs that people have saved, in the database.

Invariant: a need is saved once by one asker, and is gone as soon as they want no more of it, or do not keep it for
another year. Mail goes to nobody who has not said, from that address, that they want it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from assistant.dialogue.refinement import Refinement
from assistant.funding.verdicts import Facts
from assistant.history.tables import SavedNeedRow, saved_reference
from assistant.mail.addresses import checked_address
from assistant.mail.queue import forget_mail
from assistant.platform.keys import Keys, opaque_id
from assistant.platform.people import Asker
from assistant.platform.workdays import first_moment, norwegian_day
from assistant.saved.news import News, states_of
from assistant.service.messages import UnknownAnswerError
from assistant.service.service import Service
from assistant.service.stored_answers import StoredAnswer
from corpus.clock import utc_now
from corpus.database import Database
from corpus.errors import MellomromError
from corpus.text import Frozen, Language

KEPT = timedelta(days=365)
"""How long a need is kept unless its asker wants to keep it longer."""
MOST = 50
"""Needs that one asker may save."""
_TRIED_FOR = timedelta(days=3)
"""How long it is tried to tell news in a channel that does not take them."""
_PURPOSE = "saved need"


class Every(StrEnum):
    """How often news are told."""

    DAY = "day"
    WEEK = "week"


class Notice(Frozen):
    """What is told with a need besides its news, such as that another municipality has a like need."""

    text: str
    """In the language that the need's news are told in."""
    on: date
    """Since when it waits to be told."""


class SavedNeed(Frozen):
    """A need that somebody has saved."""

    id: str
    log_id: str
    asker: str
    """A pseudonym."""
    question: str
    language: Language
    facts: Facts
    refinement: Refinement
    """What was said besides the question: what is wanted and what is left out."""
    every: Every
    address: str | None
    is_confirmed: bool
    known: Mapping[str, str]
    """By the id of each record that news would be of, its state when it was last looked at."""
    muted: tuple[str, ...]
    news: tuple[News, ...]
    """What was last told."""
    created_at: datetime
    kept_until: date
    looked_at: datetime
    told_on: date | None
    version: int
    reply_to: str | None = None
    """Where the channel that it was saved in reaches its asker; None where their page and mail are enough."""
    is_untold: bool = False
    """Whether its news wait to be told in that channel."""
    notices: tuple[Notice, ...] = ()
    """What else waits to be told there."""


class SavedNeedError(MellomromError):
    """A need cannot be saved or found."""


class UnknownSavedNeedError(SavedNeedError):
    """No saved need has that id, or it is not theirs."""

    def __init__(self) -> None:
        super().__init__("There is no such saved need; it may have been stopped already.")


class TooManySavedError(SavedNeedError):
    """Somebody has saved as many needs as one may."""

    def __init__(self) -> None:
        super().__init__(f"Got one more saved need, expected at most {MOST}. Stop one of them first.")


class SavedNeeds:
    """Saves needs, gives them back, and forgets them."""

    def __init__(self, database: Database, service: Service, keys: Keys, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._service = service
        self._keys = keys
        self._now = now

    def save(
        self, asker: Asker, log_id: str, every: Every | None, address: str | None = None, *, reply_to: str | None = None
    ) -> SavedNeed:
        """Save the need that an answer somebody sees was to; where they saved the same already, take on the new choice.

        Args:
            asker: Who wants to hear.
            log_id: The answer.
            every: How often; None where nothing was chosen: as before, and once a week at first.
            address: Where news are mailed; None or empty where the page is enough.
            reply_to: Where the channel that it is saved in reaches them.

        Raises:
            UnknownAnswerError: the answer is not there, not for them, or to no need.
            MailAddressError: what was given is not one e-mail address.
            TooManySavedError: they have saved as many as one may.
        """
        self._service.logged(log_id, asker)
        stored = StoredAnswer.read(self._service.log.get(log_id))
        if stored is None or stored.reply.answer is None:
            raise UnknownAnswerError(f"The answer {log_id[:40]!r} is to no need that could be saved.")
        given = checked_address(address) if address and address.strip() else None
        known = self._service.askers.find(asker)
        with self._database.writing() as session:
            # Whoever sees an answer in a channel of theirs may never have asked.
            pseudonym = self._service.askers.pseudonym(session, known)
            rows = session.scalars(select(SavedNeedRow).where(SavedNeedRow.asker == pseudonym)).all()
            row = next((row for row in rows if row.log_id == log_id or row.question == stored.question), None)
            if row is None:
                if len(rows) >= MOST:
                    raise TooManySavedError
                now = self._now()
                row = SavedNeedRow(
                    id=opaque_id(),
                    log_id=log_id,
                    asker=pseudonym,
                    question=stored.question,
                    language=stored.reply.language,
                    is_confirmed=False,
                    known="{}",
                    muted="[]",
                    news="[]",
                    created_at=now,
                    kept_until=norwegian_day(now) + KEPT,
                    looked_at=now,
                    version=0,
                    is_untold=False,
                    notices="[]",
                    every=Every.WEEK,
                )
                session.add(row)
            # What was told of the need since it was saved first holds from now on.
            row.facts = stored.facts.model_dump_json(exclude_defaults=True)
            row.refinement = stored.refinement.model_dump_json(exclude_defaults=True)
            row.known = json.dumps({**states_of(stored.reply.answer), **json.loads(row.known)})
            if every is not None:
                # Whoever reads another address has not said yet that they want mail there.
                row.is_confirmed = bool(row.is_confirmed and given == row.address)
                row.every, row.address = every, given
            row.reply_to = reply_to or row.reply_to
            row.version += 1
            session.flush()
            return need_of(row)

    def of(self, asker: Asker) -> list[SavedNeed]:
        """Return what somebody has saved, the newest first."""
        pseudonym = self._service.pseudonym_of(asker)
        if pseudonym is None:
            return []
        query = select(SavedNeedRow).where(SavedNeedRow.asker == pseudonym).order_by(SavedNeedRow.created_at.desc())
        with self._database.reading() as session:
            return [need_of(row) for row in session.scalars(query)]

    def all(self) -> list[SavedNeed]:
        """Return every saved need, the oldest first."""
        with self._database.reading() as session:
            return [need_of(row) for row in session.scalars(select(SavedNeedRow).order_by(SavedNeedRow.created_at))]

    def token(self, need_id: str) -> str:
        """Return what a link in a letter about a need carries, so that its reader may decide on that need alone."""
        return self._keys.hashed(_PURPOSE, need_id)[:32]

    def by_token(self, need_id: str, token: str) -> SavedNeed:
        """Return a need to whoever has a link of its letters.

        Raises:
            UnknownSavedNeedError: there is no such need any more, or the link is not of it.
        """
        with self._database.reading() as session:
            row = session.get(SavedNeedRow, need_id)
            if row is None or not hmac.compare_digest(token.encode(), self.token(need_id).encode()):
                raise UnknownSavedNeedError
            return need_of(row)

    def owned(self, need_id: str, asker: Asker) -> SavedNeed:
        """Return a need to whoever saved it.

        Raises:
            UnknownSavedNeedError: there is none, or it is not theirs.
        """
        need = next((one for one in self.of(asker) if one.id == need_id), None)
        if need is None:
            raise UnknownSavedNeedError
        return need

    def stop(self, session: Session, need: SavedNeed) -> None:
        """Forget a need and the words of the letters about it, within a transaction of the caller's."""
        forget_mail(session, [saved_reference(need.id)])
        session.execute(delete(SavedNeedRow).where(SavedNeedRow.id == need.id))

    def confirm(self, need: SavedNeed) -> None:
        """Note that whoever reads the address wants the news."""
        self._change(need.id, is_confirmed=True)

    def choose(self, need: SavedNeed, every: Every) -> SavedNeed:
        """Take on how often somebody wants to hear, and return the need so."""
        self._change(need.id, every=every)
        return need.model_copy(update={"every": every})

    def keep(self, need: SavedNeed) -> None:
        """Keep a need for another year from today."""
        self._change(need.id, kept_until=norwegian_day(self._now()) + KEPT)

    def mute(self, need: SavedNeed, record_id: str) -> None:
        """Tell no more of a record; only what was told of can be muted."""
        if record_id in {one.record_id for one in need.news} and record_id not in need.muted:
            left = [one.model_dump(mode="json") for one in need.news if one.record_id != record_id]
            self._change(need.id, muted=json.dumps([*need.muted, record_id]), news=json.dumps(left))

    def untold(self, limit: int) -> list[SavedNeed]:
        """Return needs of which something waits to be told in the channel that they were saved in, the oldest first."""
        waits = or_(SavedNeedRow.is_untold, SavedNeedRow.notices != "[]")
        query = select(SavedNeedRow).where(waits).order_by(SavedNeedRow.looked_at).limit(limit)
        with self._database.reading() as session:
            return [need_of(row) for row in session.scalars(query)]

    def claimed(self, need: SavedNeed) -> bool:
        """Say that what waits is told now; tell whether nobody had said so, or changed the need, meanwhile."""
        with self._database.writing() as session:
            row = session.get(SavedNeedRow, need.id)
            if row is None or row.version != need.version or not (row.is_untold or row.notices != "[]"):
                return False
            row.is_untold, row.notices = False, "[]"
            row.version += 1
            return True

    def put_back(self, need: SavedNeed) -> None:
        """Have what could not be told now told later, unless it waits for days already."""
        since = norwegian_day(self._now()) - _TRIED_FOR
        with self._database.writing() as session:
            row = session.get(SavedNeedRow, need.id)
            if row is not None:
                is_new = need.is_untold and need.told_on is not None and need.told_on >= since
                row.is_untold = row.is_untold or is_new
                waiting = [one for one in need.notices if one.on >= since]
                row.notices = _packed([*waiting, *need_of(row).notices])
                row.version += 1

    def notify(self, session: Session, need_id: str, text: str) -> None:
        """Have something told where a need was saved besides its news, within a transaction of the caller's."""
        row = session.get(SavedNeedRow, need_id)
        if row is not None and row.reply_to is not None:
            row.notices = _packed([*need_of(row).notices, Notice(text=text, on=norwegian_day(self._now()))])
            row.version += 1

    def due(self, limit: int) -> list[SavedNeed]:
        """Return needs that it is time to look at again, those first that have waited longest.

        A need is looked at once on each day of Norway's, or once in seven days.
        """
        today = norwegian_day(self._now())
        before = {Every.DAY: first_moment(today), Every.WEEK: first_moment(today - timedelta(days=6))}
        is_due = or_(*((SavedNeedRow.every == every) & (SavedNeedRow.looked_at < at) for every, at in before.items()))
        query = select(SavedNeedRow).where(is_due).order_by(SavedNeedRow.looked_at).limit(limit)
        with self._database.reading() as session:
            return [need_of(row) for row in session.scalars(query)]

    def told(self, session: Session, need: SavedNeed, news: Sequence[News], known: Mapping[str, str]) -> bool:
        """Note what a need has come to, within a transaction of the caller's; tell whether nobody else was faster."""
        row = session.get(SavedNeedRow, need.id)
        if row is None or row.version != need.version:
            return False
        now = self._now()
        row.known, row.looked_at, row.version = json.dumps(dict(known)), now, row.version + 1
        if news:
            row.news, row.told_on = json.dumps([one.model_dump(mode="json") for one in news]), norwegian_day(now)
            row.is_untold = row.reply_to is not None
        return True

    def forget_old(self) -> int:
        """Forget the needs whose time is up; return how many."""
        today = norwegian_day(self._now())
        with self._database.writing() as session:
            old = delete(SavedNeedRow).where(SavedNeedRow.kept_until < today).returning(SavedNeedRow.id)
            gone = session.scalars(old).all()
            forget_mail(session, map(saved_reference, gone))
            return len(gone)

    def _change(self, need_id: str, **columns: object) -> None:
        with self._database.writing() as session:
            row = session.get(SavedNeedRow, need_id)
            if row is not None:
                for name, value in columns.items():
                    setattr(row, name, value)
                row.version += 1


def _packed(notices: Iterable[Notice]) -> str:
    return json.dumps([one.model_dump(mode="json") for one in notices])


def need_of(row: SavedNeedRow) -> SavedNeed:
    """Return a saved need as its row holds it."""
    return SavedNeed(
        id=row.id,
        log_id=row.log_id,
        asker=row.asker,
        question=row.question,
        language=Language(row.language),
        facts=Facts.model_validate_json(row.facts),
        refinement=Refinement.model_validate_json(row.refinement),
        every=Every(row.every),
        address=row.address,
        is_confirmed=row.is_confirmed,
        known=json.loads(row.known),
        muted=tuple(json.loads(row.muted)),
        news=tuple(News.model_validate(one) for one in json.loads(row.news)),
        created_at=row.created_at,
        kept_until=row.kept_until,
        looked_at=row.looked_at,
        told_on=row.told_on,
        version=row.version,
        reply_to=row.reply_to,
        is_untold=row.is_untold,
        notices=tuple(Notice.model_validate(one) for one in json.loads(row.notices)),
    )
