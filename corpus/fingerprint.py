"""Hashes that tell whether a record, a corpus or a folder of files is the same as another.

Invariant: a hash names its algorithm, so that it can be changed some day without old hashes being mistaken for
new ones. Equal records have equal hashes on every machine and in every release that knows the same fields.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from corpus.files import Record, to_plain

ALGORITHM = "sha256"


def _tagged(data: bytes) -> str:
    return f"{ALGORITHM}:{hashlib.new(ALGORITHM, data).hexdigest()}"


def canonical_json(record: Record) -> str:
    """Return the one JSON text of a record: what differs from the defaults, keys sorted, no spaces."""
    return json.dumps(to_plain(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of_payload(payload: str) -> str:
    """Return the content hash of a record given as canonical JSON."""
    return _tagged(payload.encode())


def content_hash(record: Record) -> str:
    """Return the hash of everything a record says, its id included."""
    return hash_of_payload(canonical_json(record))


def fingerprint(pairs: Iterable[tuple[str, str]]) -> str:
    """Return one hash for a set of records, given as pairs of id and content hash in any order."""
    return _tagged("".join(f"{record_id}\t{digest}\n" for record_id, digest in sorted(pairs)).encode())


def folder_fingerprint(folder: Path) -> str:
    """Return one hash for the bytes and names of every ``*.yaml`` file below a folder."""
    paths = sorted(folder.rglob("*.yaml"))
    return fingerprint((path.relative_to(folder).as_posix(), _tagged(path.read_bytes())) for path in paths)
