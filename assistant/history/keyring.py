"""The installation's secret beside the database that its hashes stand in.

Invariant: a database is only ever used with the secret it was filled with: its fingerprint is kept in the database, and
where the secret is missing, too short or another one, nothing is opened, since everybody would lose what is theirs.
For a database on a server none is made, since each home would make one of its own.
"""

from __future__ import annotations

from sqlalchemy import func, select

from assistant.history.tables import AskerRow
from assistant.platform.keys import Keys, installation_secret, secret_path
from assistant.platform.settings import Settings, SettingsError
from corpus.database import Database
from corpus.tables import MetaRow

SHORTEST = 16
"""Bytes of a secret, fewer of which can be guessed."""
_KEY = "secret_fingerprint"
_REMEDY = (
    "Put back the one it was filled with (the file secret.key of a backup, see `mellomrom restore`, or "
    "MELLOMROM_SECRET_KEY). If it is lost for good, `mellomrom privacy new-key` begins with another one: what was "
    "asked and opened until now then belongs to nobody any more."
)


def open_keys(settings: Settings, database: Database) -> Keys:
    """Return what makes hashes for a database; a secret is made where neither it nor the database has been used.

    Raises:
        SettingsError: the secret is missing, empty, too short, or not the one that the database was filled with.
    """
    with database.reading() as session:
        expected = session.scalar(select(MetaRow.value).where(MetaRow.key == _KEY))
        is_filled = expected is not None or bool(session.scalar(select(func.count()).select_from(AskerRow)))
    if settings.secret_key is None and is_filled and not secret_path(settings).exists():
        raise SettingsError(
            f"{secret_path(settings)}: the secret that the database was filled with is missing. {_REMEDY}"
        )
    if database.is_on_server and settings.secret_key is None and not secret_path(settings).exists():
        raise SettingsError(
            "The database is on a server, where other processes with homes of their own may use it, and all need the "
            "same secret. Set MELLOMROM_SECRET_KEY to one of at least 32 letters that nobody can guess, such as what "
            "`openssl rand -hex 32` prints, for each of them, and keep it with the backups."
        )
    secret = installation_secret(settings)
    if len(secret) < SHORTEST:
        where = "MELLOMROM_SECRET_KEY" if settings.secret_key else str(secret_path(settings))
        raise SettingsError(
            f"{where}: the secret has {len(secret)} bytes, expected at least {SHORTEST}, since a shorter one can be "
            f"guessed. {_REMEDY if is_filled else 'Give a longer one, or none: one is then made.'}"
        )
    keys = Keys(secret)
    fingerprint = keys.hashed("fingerprint")
    if expected is None:
        with database.writing() as session:
            session.merge(MetaRow(key=_KEY, value=fingerprint))
    elif expected != fingerprint:
        raise SettingsError(f"The installation's secret is not the one that the database was filled with. {_REMEDY}")
    return keys


def renew_key(settings: Settings, database: Database) -> None:
    """Let a database be used with another secret: one made now, or the one that is set; an old file stays beside it."""
    path = secret_path(settings)
    if settings.secret_key is None and path.exists():
        path.replace(path.with_name(f"{path.name}.old"))
    with database.writing() as session:
        session.merge(MetaRow(key=_KEY, value=Keys(installation_secret(settings)).hashed("fingerprint")))
