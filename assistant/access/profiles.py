"""How brokers sign, how they are reached, and when they are away.

Invariant: a profile is its account's own, and goes with it; nobody else's hands change it. Who is away has a colleague
for that time, and of several who stand in for each other the first who is there counts.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import select

from assistant.access.accounts import Account, AccountRole
from assistant.access.tables import AccountRow, ProfileRow
from corpus.database import Database
from corpus.errors import MellomromError
from corpus.text import Frozen, Language

MAX_FIELD = 120
"""Characters of each field that are kept."""


class ProfileFault(StrEnum):
    """What is wrong with a profile; `profile.fault.<value>` in the catalogs."""

    EMAIL = "email"
    DATES = "dates"
    DEPUTY = "deputy"


class ProfileError(MellomromError):
    """A profile cannot be kept as it was given."""

    def __init__(self, fault: ProfileFault) -> None:
        super().__init__(f"The profile cannot be kept: {fault.value}.")
        self.fault = fault


class Profile(Frozen):
    """How a broker signs, how they are reached, and when they are away."""

    name: str = ""
    title: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    absent_from: date | None = None
    absent_until: date | None = None
    """The last day away."""
    deputy: str = ""
    """The name of the colleague who has the cases meanwhile."""
    language: Language | None = None
    """In which they are told what is new; None where they chose none."""

    def is_away(self, day: date) -> bool:
        """Tell whether the broker is away on a day."""
        return bool(self.absent_from and self.absent_until and self.absent_from <= day <= self.absent_until)


class Profiles:
    """The profiles in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, account: Account) -> Profile:
        """Return somebody's profile; with their account's name where they have not told another."""
        with self._database.reading() as session:
            row = session.get(ProfileRow, account.id)
            profile = _profile(row) if row else Profile()
        return profile if profile.name else profile.model_copy(update={"name": account.name})

    def save(self, account: Account, profile: Profile) -> None:
        """Keep somebody's profile.

        Raises:
            ProfileError: the days away are not a time, or nobody stands in who could.
        """
        if (profile.absent_from is None) != (profile.absent_until is None) or (
            profile.absent_from and profile.absent_until and profile.absent_from > profile.absent_until
        ):
            raise ProfileError(ProfileFault.DATES)
        if profile.absent_from and (not profile.deputy or profile.deputy == account.name):
            raise ProfileError(ProfileFault.DEPUTY)
        if profile.deputy and profile.deputy not in self.brokers():
            raise ProfileError(ProfileFault.DEPUTY)
        with self._database.writing() as session:
            session.merge(ProfileRow(account_id=account.id, **profile.model_dump()))

    def brokers(self) -> list[str]:
        """Return the names of all who may have cases."""
        roles = [role.value for role in AccountRole if role.covers(AccountRole.BROKER)]
        query = select(AccountRow.name).where(AccountRow.role.in_(roles), AccountRow.active)
        with self._database.reading() as session:
            return sorted(set(session.scalars(query)))

    def by_name(self, name: str) -> Profile:
        """Return the profile of the broker of that name; an empty one where there is none."""
        query = select(ProfileRow).join(AccountRow, AccountRow.id == ProfileRow.account_id)
        with self._database.reading() as session:
            row = session.scalar(query.where(AccountRow.name == name).limit(1))
            return _profile(row) if row else Profile()

    def stand_ins(self, day: date) -> dict[str, str]:
        """Return who stands in for each broker who is away on a day, where anybody does who is there."""
        query = select(AccountRow.name, ProfileRow).join(ProfileRow, AccountRow.id == ProfileRow.account_id)
        with self._database.reading() as session:
            away = {name: row.deputy for name, row in session.execute(query) if _profile(row).is_away(day)}
        deputies = {}
        for name, deputy in away.items():
            seen = {name}
            while deputy in away and deputy not in seen:
                seen.add(deputy)
                deputy = away[deputy]  # noqa: PLW2901 (on to who is there)
            if deputy not in away:
                deputies[name] = deputy
        return deputies


def _profile(row: ProfileRow) -> Profile:
    return Profile.model_validate({name: getattr(row, name) for name in Profile.model_fields})
