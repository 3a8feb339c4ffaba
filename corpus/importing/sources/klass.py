"""SSB's Klass: the municipalities of a day, or the changes of their codes, in JSON.

Invariant: a code that was divided stands under each of those that took a part of it; none is picked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from corpus.importing.errors import ImportFileError
from corpus.importing.files import SourceFile
from corpus.importing.items import ImportItem, Outcome, RejectedRow, RowRejection
from corpus.importing.sources.shared import body, source
from corpus.importing.values import clean_text, place_of
from corpus.records import ActorType

_NOWHERE = "9999"


def read(file: SourceFile) -> Iterator[Outcome]:
    """Yield the municipalities."""
    data = file.json()
    if not isinstance(data, dict) or not any(isinstance(data.get(name), list) for name in ("codes", "codeChanges")):
        raise ImportFileError(f"{file.name}: expected codes or codeChanges of Klass as JSON.")
    former: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for one in data.get("codes") or ():
        names[str(one.get("code"))] = clean_text(one.get("name"))
    for one in data.get("codeChanges") or ():
        new, old = str(one.get("newCode")), str(one.get("oldCode"))
        names[new] = clean_text(one.get("newName"))
        if old != new:
            former[new].append(old)
    read_in = source("https://data.ssb.no/api/klass/v1/classifications/131", "SSB Klass 131", file.as_of)
    for number, (code, name) in enumerate(names.items(), start=1):
        if code == _NOWHERE or len(code) != 4 or not code.isdigit():
            yield RejectedRow(number, RowRejection.NOT_ASKED_FOR, code, {"name": name})
            continue
        # Sámi and Kven names come first or after a dash; the Norwegian one is what places are known by.
        place: dict[str, Any] = place_of(code) or {"kommunenummer": code, "name": name.split(" - ")[0]}
        place = {**place, "kommunenummer": code}
        if former[code]:
            place["former_kommunenummer"] = list(dict.fromkeys(former[code]))
        more = {"actor_type": ActorType.MUNICIPALITY, "place": place}
        made = body(number, f"{place['name']} kommune", None, more, [read_in])
        keys = (f"kommune:{code}",)
        yield ImportItem(number, made.kind, keys, made.plain, made.soft - {"place"}, publish=True)
