"""Who asks: a pseudonym, and what they have chosen.

Invariant: the row here is all that ties a pseudonym to anybody, and it holds only a keyed hash of what their channel
calls them. Once it is gone, what they asked belongs to nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from assistant.history.tables import AskerRow, Base
from assistant.platform.keys import Keys, opaque_id
from assistant.platform.people import Asker, AskerProfile
from corpus.database import Database
from corpus.text import Frozen, Language

# Statements are put together once; to do so takes longer than to run them.
_ASKERS = Base.metadata.tables[AskerRow.__tablename__]
_KNOWN = select(_ASKERS.c.pseudonym, _ASKERS.c.language, _ASKERS.c.kommunenummer).where(
    _ASKERS.c.address == bindparam("who")
)
_ADD = insert(_ASKERS)


class AskerRecord(Frozen):
    """An asker as the service knows them."""

    address: str
    pseudonym: str | None
    """None for somebody who has not been kept yet."""
    profile: AskerProfile

    def municipality(self, told: str | None) -> str | None:
        """Return where they ask from: as they told it in a thread, or else as they chose once."""
        return told or self.profile.kommunenummer


class Askers:
    """Pseudonyms and choices in a database."""

    def __init__(self, database: Database, keys: Keys, now: Callable[[], datetime]) -> None:
        self._database = database
        self._keys = keys
        self._now = now

    def find(self, asker: Asker) -> AskerRecord:
        """Return what is known of somebody."""
        with self._database.reading() as session:
            return self.known(session, asker)

    def known(self, session: Session, asker: Asker) -> AskerRecord:
        """Return what is known of somebody, within a transaction of the caller's.

        What their channel knows for sure counts before what they chose.
        """
        address = self._address(asker)
        row = session.connection().execute(_KNOWN, {"who": address}).one_or_none()
        language = row.language if row else None
        kommunenummer = row.kommunenummer if row else None
        profile = AskerProfile(
            language=asker.language or (Language(language) if language else None),
            kommunenummer=asker.kommunenummer or kommunenummer,
        )
        return AskerRecord(address=address, pseudonym=row.pseudonym if row else None, profile=profile)

    def pseudonym(self, session: Session, known: AskerRecord) -> str:
        """Return somebody's pseudonym, given to them now if they have none, within a transaction of the caller's."""
        row = session.connection().execute(_KNOWN, {"who": known.address}).one_or_none()
        if row is not None:
            return str(row.pseudonym)
        pseudonym, now = opaque_id(), self._now()
        new = {"address": known.address, "pseudonym": pseudonym, "created_at": now, "updated_at": now}
        session.connection().execute(_ADD, new)
        return pseudonym

    def choose(self, asker: Asker, chosen: AskerProfile) -> None:
        """Keep what somebody chose, all of it anew."""
        known = self.find(asker)
        with self._database.writing() as session:
            self.pseudonym(session, known)
            row = session.get_one(AskerRow, known.address)
            row.language, row.kommunenummer = chosen.language, chosen.kommunenummer
            row.updated_at = self._now()

    def _address(self, asker: Asker) -> str:
        return self._keys.hashed("asker", asker.channel, asker.tenant, asker.user)
