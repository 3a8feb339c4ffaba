"""A file encrypted with a passphrase, read and written a piece at a time.

Invariant: the key comes from the passphrase by scrypt with a salt of the file's own; each piece is AES-256-GCM under a
number that counts up, and the last one is marked, so that pieces that were changed, swapped or cut off are noticed
before anything made of them is used.
"""

from __future__ import annotations

import os
import struct
from typing import IO

from corpus.errors import MellomromError

MAGIC = b"MELLOMROM SEALED 1\n"
_PIECE = 1 << 20
_TAG = 16
_COST = 2**15
"""Of scrypt: 32 MB and some 0.1 s for each guess of a passphrase."""


class SealError(MellomromError):
    """A sealed file cannot be opened: another passphrase, or not as it was written."""


def seal(plain: IO[bytes], sealed: IO[bytes], passphrase: str) -> None:
    """Write what is read from one file, encrypted, to another."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt = os.urandom(16)
    cipher = AESGCM(_key(passphrase, salt))
    sealed.write(MAGIC + salt)
    number, piece = 0, plain.read(_PIECE)
    while True:
        following = plain.read(_PIECE)
        sealed.write(cipher.encrypt(_nonce(number, last=not following), piece, None))
        if not following:
            return
        number, piece = number + 1, following


def unseal(sealed: IO[bytes], plain: IO[bytes], passphrase: str) -> None:
    """Write what a sealed file holds to another.

    Raises:
        SealError: the passphrase is another one, or the file is not as it was written.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt = sealed.read(16)
    cipher = AESGCM(_key(passphrase, salt))
    number, piece = 0, sealed.read(_PIECE + _TAG)
    while True:
        following = sealed.read(_PIECE + _TAG)
        try:
            plain.write(cipher.decrypt(_nonce(number, last=not following), piece, None))
        except InvalidTag as error:
            raise SealError(
                "The backup cannot be opened: the passphrase is another one, or the file is not as it was written."
            ) from error
        if not following:
            return
        number, piece = number + 1, following


def _key(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode())


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">QI", number, int(last))
