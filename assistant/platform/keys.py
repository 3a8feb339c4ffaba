"""The installation's own secret, and the hashes made with it.

Invariant: what a channel calls a person or a thread is kept only as a hash that nobody can make without the secret,
so that a copy of the database alone does not tell who asked. Whoever throws the secret away cuts that tie for good.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from assistant.platform.settings import Settings, SettingsError

_BYTES = 32


def installation_secret(settings: Settings) -> bytes:
    """Return the secret that is set, or the one in the home folder, made at first use.

    Raises:
        SettingsError: it cannot be read or made.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    path = secret_path(settings)
    try:
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{path}: the installation's secret cannot be read or made ({error.strerror}). Make the folder readable "
            "and writable, or set MELLOMROM_HOME to another one."
        ) from error
    if not secret:
        raise SettingsError(
            f"{path}: the installation's secret is empty, as a copy that was broken off leaves it. Put back the one of "
            "a backup (`mellomrom restore FILE`); if nobody has asked yet, delete it and it is made anew."
        )
    return secret


def secret_path(settings: Settings) -> Path:
    """Return the file of the secret where none is set."""
    return settings.home / "secret.key"


def _make(path: Path) -> None:
    """Write a new secret; of two processes that do so at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_bytes(secrets.token_bytes(_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


class Keys:
    """Makes hashes with the installation's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def hashed(self, purpose: str, *parts: str) -> str:
        """Return a hash of 64 hexadecimal digits; the same parts give another one for another purpose."""
        # Lengths stand before the parts, so that no two lists of parts read alike.
        message = "".join(f"{len(part)}:{part}" for part in (purpose, *parts))
        return hmac.new(self._secret, message.encode(), hashlib.sha256).hexdigest()


def opaque_id() -> str:
    """Return a new id of 16 letters and digits that cannot be guessed and is safe in an address."""
    return secrets.token_hex(8)
