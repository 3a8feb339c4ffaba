"""An installation in one file, and back: the database, the secret that its hashes stand on, and what both are known by.

Invariant: a backup holds one moment of the database, whatever is written meanwhile, with all that was acknowledged
before it began; it gets its name only when it is whole. A restore changes nothing until what it is to put in place was
found whole; what it replaces stays beside it. Whoever had their words erased since the backup has them erased again.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sqlite3
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from assistant.cases.referrals import Referrals
from assistant.history.heads import Head, read_head, write_head
from assistant.history.keyring import open_keys
from assistant.history.matchlog import MatchLog
from assistant.platform.keys import secret_path
from assistant.platform.settings import sqlite_url
from assistant.runtime.bootstrap import open_database
from assistant.runtime.sealing import MAGIC, seal, unseal
from assistant.service.privacy import ErasureReport, erase_again, erasures
from corpus.clock import utc_now
from corpus.database import Database
from corpus.errors import MellomromError, StoreError
from corpus.text import Frozen

if TYPE_CHECKING:
    from assistant.platform.settings import Settings

DATABASE, SECRET, CONTENTS = "mellomrom.sqlite3", "secret.key", "contents.json"
_FORMAT = 1
Erasures = Iterable[tuple[str, datetime]]


class BackupError(MellomromError):
    """A backup cannot be made or restored as asked."""


class Contents(Frozen):
    """What a backup holds, by which it is known to be whole."""

    format: int
    at: datetime
    version: str
    digests: dict[str, str]
    """SHA-256 of each file in it."""
    head: Head | None
    """The newest entry of the log in it."""


class RestoreReport(NamedTuple):
    """What came of a restore."""

    contents: Contents
    erased: ErasureReport
    replaced: Path | None
    """Where the database that was there is now."""
    missing: int
    """Entries of the log that were made since the backup and are not in it, as far as the home remembers."""


def backup(settings: Settings, target: Path, passphrase: str | None = None, *, overwrite: bool = False) -> Contents:
    """Write an installation to one file, also while it is served.

    Raises:
        BackupError: the database is not a SQLite file, or the file is there already or cannot be written.
        StoreError: the database cannot be read or is damaged.
    """
    if target.exists() and not overwrite:
        raise BackupError(f"{target}: is there already. Give another name, or --overwrite.")
    draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        with TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder, _open_source(settings) as database:
            contents = _gathered(settings, database, Path(folder))
            draft.touch(mode=0o600)
            packed = Path(folder) / "packed.tar"
            _pack(Path(folder), contents, packed)
            with packed.open("rb") as plain, draft.open("wb") as written:
                if passphrase is None:
                    shutil.copyfileobj(plain, written)
                else:
                    seal(plain, written, passphrase)
                written.flush()
                os.fsync(written.fileno())
        draft.replace(target)
    except OSError as error:
        raise BackupError(
            f"{target}: cannot be written ({error.strerror}). Make room, or give another place."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    write_head(settings.home, contents.head)
    return contents


def restore(
    settings: Settings,
    source: Path,
    passphrase: str | None = None,
    *,
    overwrite: bool = False,
    erased: Erasures = (),
) -> RestoreReport:
    """Put a backup in place of what is there.

    Args:
        settings: Of the home to restore to.
        source: The backup.
        passphrase: What it was encrypted with.
        overwrite: Whether a database that is there may be replaced; it is kept beside the new one.
        erased: Pseudonyms whose words were erased since, besides those that the database that is there tells of.

    Raises:
        BackupError: it is no backup or not whole, something is there that was not to be replaced, or it is in use.
    """
    target = _sqlite_file(settings)
    if target.exists() and not overwrite:
        raise BackupError(
            f"{target}: there is a database already. Give --overwrite to put the backup in its place (it is kept "
            "beside it), or set MELLOMROM_HOME to another folder."
        )
    _refuse_in_use(target)
    settings.home.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    known = read_head(settings.home)
    again = {**dict(erased), **dict(_erased_here(settings, target))}
    with TemporaryDirectory(prefix=".restore-", dir=target.parent) as name:
        folder = Path(name)
        contents = _unpacked(source, passphrase, folder)
        with closing(open_database(settings, sqlite_url(folder / DATABASE))) as database:
            if settings.secret_key is not None or (folder / SECRET).exists():
                open_keys(settings.model_copy(update={"home": folder}), database)
            log, referrals = MatchLog(database, utc_now), Referrals(database)
            log.verify(contents.head)
            cleared = erase_again(database, log, referrals, again.items(), by="restore")
            head = log.head()
        replaced = _put_in_place(settings, folder, target)
    write_head(settings.home, head, restored=True)
    missing = max(known.number - head.number, 0) if known and head else 0
    return RestoreReport(contents, cleared, replaced, missing)


def _sqlite_file(settings: Settings) -> Path:
    from sqlalchemy import make_url

    url = make_url(settings.store_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        # As PostgreSQL's own programs read it; the password stays where it is.
        address = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
        raise BackupError(
            "The database is not a SQLite file, so that its own tools copy it: `pg_dump --format=custom --file=FILE "
            f"{address}` and `pg_restore --clean --if-exists --dbname={address} FILE`. Keep the file secret.key with "
            "the copy, and after a restore run `mellomrom privacy erase-again` with what `mellomrom privacy erasures` "
            "printed. See assistant/docs/operations.md."
        )
    return Path(url.database)


@contextmanager
def _open_source(settings: Settings) -> Iterator[Database]:
    _sqlite_file(settings)
    with closing(open_database(settings)) as database:
        yield database


def _gathered(settings: Settings, database: Database, folder: Path) -> Contents:
    """Copy database and secret into a folder, and return what they are known by."""
    from importlib.metadata import version

    copy = folder / DATABASE
    copy.touch(mode=0o600)
    file = database.file
    assert file is not None  # noqa: S101 (`_opened` refuses others)
    try:
        with closing(sqlite3.connect(file)) as now, closing(sqlite3.connect(copy)) as then:
            # In one step: pages that are written meanwhile belong to a later moment, and nobody has to wait.
            now.backup(then, pages=-1)
            then.execute("PRAGMA journal_mode=DELETE")
            verdict = then.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"{file}: cannot be copied ({error}). Nothing was written.") from error
    if verdict != "ok":
        raise StoreError(
            f"{file}: the database is damaged ({verdict}), so that a copy would be too. Nothing was written."
        )
    if settings.secret_key is None and secret_path(settings).exists():
        shutil.copyfile(secret_path(settings), folder / SECRET)
    with closing(open_database(settings, sqlite_url(copy))) as copied:
        head = MatchLog(copied, utc_now).head()
        copied.leave_no_trace()
    return Contents(
        format=_FORMAT,
        at=utc_now(),
        version=version("mellomrom"),
        digests={name: _digest(folder / name) for name in (DATABASE, SECRET) if (folder / name).exists()},
        head=head,
    )


def _pack(folder: Path, contents: Contents, target: Path) -> None:
    (folder / CONTENTS).write_text(contents.model_dump_json(indent=1), encoding="utf-8")
    with tarfile.open(target, "w") as packed:
        for name in (CONTENTS, *contents.digests):
            packed.add(folder / name, arcname=name)


def _unpacked(source: Path, passphrase: str | None, folder: Path) -> Contents:
    """Unpack a backup into a folder, each file of it found whole."""
    packed = folder / "packed.tar"
    try:
        with source.open("rb") as file:
            is_sealed = file.read(len(MAGIC)) == MAGIC
            if is_sealed and passphrase is None:
                raise BackupError(f"{source}: is encrypted. Give the passphrase that it was made with.")
            if is_sealed and passphrase is not None:
                with packed.open("wb") as plain:
                    unseal(file, plain, passphrase)
            else:
                file.seek(0)
                with packed.open("wb") as plain:
                    shutil.copyfileobj(file, plain)
        with tarfile.open(packed) as archive:
            for name in (CONTENTS, DATABASE, SECRET):
                if name in archive.getnames():
                    archive.extract(name, folder, filter="data")
        packed.unlink()
        contents = Contents.model_validate_json((folder / CONTENTS).read_bytes())
        whole = {name: _digest(folder / name) for name in contents.digests} == contents.digests
    except (tarfile.TarError, ValidationError) as error:
        raise BackupError(f"{source}: is no backup of ours, or not whole. Nothing was changed.") from error
    except OSError as error:
        raise BackupError(f"{source}: cannot be read or unpacked ({error.strerror}). Nothing was changed.") from error
    if not whole or contents.format != _FORMAT or DATABASE not in contents.digests:
        raise BackupError(f"{source}: is not as it was written, or of another release. Nothing was changed.")
    (folder / DATABASE).chmod(0o600)
    return contents


def _refuse_in_use(target: Path) -> None:
    """Refuse to replace a database that a process has open."""
    if not target.exists():
        return
    try:
        with closing(sqlite3.connect(target, timeout=0.2, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise BackupError(
                f"{target}: another process has the database open. Stop the server and try again; nothing was changed."
            ) from error
    except sqlite3.DatabaseError:
        # Damaged: that is why it is replaced.
        return


def _erased_here(settings: Settings, target: Path) -> list[tuple[str, datetime]]:
    """Return whose words were erased from the database that is there, as far as it can be read."""
    if not target.exists():
        return []
    try:
        with _open_source(settings) as database:
            return erasures(database)
    except MellomromError:
        return []


def _put_in_place(settings: Settings, folder: Path, target: Path) -> Path | None:
    """Move database and secret to where they belong; return where the old database is now."""
    replaced = None
    if target.exists():
        replaced = target.with_name(f"{target.name}.replaced-{utc_now():%Y%m%d-%H%M%S}")
        target.replace(replaced)
    for suffix in ("-wal", "-shm"):
        target.with_name(f"{target.name}{suffix}").unlink(missing_ok=True)
    (folder / DATABASE).replace(target)
    if (folder / SECRET).exists():
        secret = secret_path(settings)
        if secret.exists() and secret.read_bytes() != (folder / SECRET).read_bytes():
            secret.replace(secret.with_name(f"{secret.name}.replaced-{utc_now():%Y%m%d-%H%M%S}"))
        (folder / SECRET).chmod(0o600)
        (folder / SECRET).replace(secret)
    # Made from what came after the backup, it might be taken for one made from what comes now.
    shutil.rmtree(settings.index_folder, ignore_errors=True)
    return replaced


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
