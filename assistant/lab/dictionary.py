"""The dictionary that stored text is packed with: ``python -m assistant.lab.dictionary NUMBER FILE``.

Invariant: it is made of answers to the everyday questions of shipped records alone, so that it holds nobody's words.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from assistant.history.packing import LEVEL, Kept
from assistant.history.tables import ConversationRow, LogRow, TextRow
from assistant.lab.benchmarks import everyday_questions
from assistant.lab.speed import ask
from assistant.platform.settings import Settings
from assistant.runtime.bootstrap import open_runtime
from assistant.service.container import Runtime
from index.storage.passages import SEARCHED_KINDS

SIZE = 524_288
"""Bytes of a dictionary: an answer takes half of what it takes with one of a fifth of that."""
ASKED = 900
"""Questions whose answers it is made of."""
SHOWN = 5
"""Suggestions of each kind in them, as on the web."""


def dictionary(number: int) -> bytes:
    """Return a dictionary under a number, in the format of zstd."""
    from zstandard import train_dictionary

    with TemporaryDirectory() as folder, open_runtime(Settings(home=Path(folder))) as runtime:
        for text in everyday_questions()[:ASKED]:
            ask(runtime, text, SHOWN)
        samples: list[bytes | bytearray | memoryview] = [*_stored(runtime), *_told_of_records(runtime)]
    return bytes(train_dictionary(SIZE, samples, level=LEVEL, dict_id=number).as_bytes())


def _stored(runtime: Runtime) -> list[bytes]:
    """Return every text that was stored."""
    columns = (
        (TextRow.text, TextRow.packed),
        (LogRow.payload, LogRow.packed),
        (ConversationRow.state, ConversationRow.packed),
    )
    with runtime.database.reading() as session:
        rows = [row for pair in columns for row in session.execute(select(*pair)).all()]
    return [Kept(*row).text.encode() for row in rows]


def _told_of_records(runtime: Runtime) -> list[bytes]:
    """Return what answers tell of each record that may be suggested, in the form that they tell it in."""
    fields = {"id", "name", "summary"}
    records = (record for kind in SEARCHED_KINDS for record in runtime.store.records(kind))
    return [record.model_dump_json(include=fields, exclude_defaults=True).encode() for record in records]


def main() -> None:
    """Write a dictionary to a file."""
    number, file = sys.argv[1:]
    Path(file).write_bytes(dictionary(int(number)))


if __name__ == "__main__":
    main()
