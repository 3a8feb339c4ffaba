"""A form saved: as the record that it is, or as a draft of one as long as too much is missing.

Invariant: whatever has a name can be saved, and nothing that was typed is lost; only what is whole becomes a record,
and what a draft lacks is told field by field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from assistant.desk.catalogue import name_in, names_of
from assistant.desk.completing import completed
from assistant.desk.forms import FieldGroup, FormField, Node, Posted, RepeatedField, Widget, form_of, leaves, read_form
from assistant.desk.records import (
    RecordForm,
    errors_by_field,
    form_from_record,
    id_of,
    record_from_post,
    validate_record,
)
from assistant.platform.messages import Messages
from assistant.platform.workdays import norwegian_day
from corpus.curation import validate_against_store
from corpus.drafts import RecordDraft, complete, is_free, save_draft
from corpus.errors import InvalidRecordError, Problem
from corpus.faults import Fault
from corpus.files import Located, Record, kind_of
from corpus.records import CurationState, Kind
from corpus.store import RecordStore
from corpus.stored import StoredRecord
from corpus.text import Language

_MISSING = frozenset({"missing", "items_few", "no_text", "no_language"})
"""Faults of what is not there yet; all others are of what is there."""
_OF_SOURCE = re.compile(r"(?:^|[._])source\.(?:ref|mark)$")
_NUMBERED = 1_000
"""Records of one name that get an id of their own."""


def free_id(store: RecordStore, kind: Kind, posted: Posted) -> str:
    """Return an id for a new record, by its name, that neither a record nor a draft has; nothing without a name."""
    wanted = id_of(kind, read_form(kind, posted))
    if not wanted and name_of(kind, posted):
        wanted = f"{kind}:ny"
    ids = (wanted, *(f"{wanted}-{number}" for number in range(2, _NUMBERED))) if wanted else ()
    return next((one for one in ids if is_free(store, one)), "")


def name_of(kind: Kind, posted: Posted) -> str:
    """Return the name that a form gives a record, in any language."""
    return name_in(names_of(read_form(kind, posted)), Language.NB)


def save_form(store: RecordStore, record_id: str, posted: Posted, by: str, version: int) -> StoredRecord | RecordDraft:
    """Save a new record, or a draft, and return what it is now.

    Args:
        store: Where it is kept.
        record_id: Its id.
        posted: The form.
        by: Who saves it.
        version: The version of the draft that was seen; 0 for what is new.

    Raises:
        InvalidRecordError: it cannot even be kept as a draft: the id is none, or it is far too long.
        EditConflictError: it was changed meanwhile, or the id is taken.
    """
    kind = kind_of(record_id)
    try:
        return complete(store, record_from_post(kind, record_id, posted, None), by, expected_version=version)
    except InvalidRecordError:
        plain = completed(kind, record_id, read_form(kind, posted), norwegian_day())
        return save_draft(store, record_id, plain, by, expected_version=version)


def opened_draft(store: RecordStore, draft: RecordDraft, catalog: Messages) -> RecordForm:
    """Return a draft on its form, with what is wrong and what is missing."""
    edited = RecordForm(draft.kind, draft.record_id, draft.version, form_of(draft.kind, draft.plain))
    return _with_lacks(store, edited, draft.plain, catalog)


def opened_record(store: RecordStore, stored: StoredRecord, catalog: Messages) -> RecordForm:
    """Return a record on its form; of one that waits to be published, with what is missing for that."""
    edited = form_from_record(stored)
    if stored.record.state is not CurationState.DRAFT:
        return edited
    return _with_lacks(store, edited, stored.record.model_dump(mode="json"), catalog)


def shown_name(edited: RecordForm, language: Language) -> str:
    """Return the name that stands on a form, in a language or the nearest."""
    names = {leaf.path.rpartition(".")[2]: str(leaf.value) for leaf in leaves(edited.nodes) if _is_name(leaf.path)}
    return name_in(names, language)


def missing_fields(nodes: Sequence[Node]) -> dict[str, int]:
    """Return for each language how many texts of a form are written in another one only."""
    missing = dict.fromkeys((one.value for one in Language), 0)
    for texts in _texts(nodes):
        if any(leaf.value for leaf in texts):
            for leaf in texts:
                missing[str(leaf.language)] += not leaf.value
    return missing


def _is_name(path: str) -> bool:
    return path.partition(".")[0] in {"name", "pref_label"}


def _texts(nodes: Sequence[Node]) -> Iterable[list[FormField]]:
    """Yield every text of a form as its languages; lists of words are left out, since a language may have none."""
    for node in nodes:
        if isinstance(node, FieldGroup) and node.is_text:
            leaves_of = [field for field in node.fields if isinstance(field, FormField)]
            if all(leaf.widget is not Widget.LINES for leaf in leaves_of):
                yield leaves_of
        elif isinstance(node, FieldGroup):
            yield from _texts(node.fields)
        elif isinstance(node, RepeatedField):
            yield from _texts(node.items)


def with_lacks_of_form(store: RecordStore, edited: RecordForm, posted: Posted, catalog: Messages) -> RecordForm:
    """Return a form that is being written with what is missing in it; what is wrong is told when it is saved."""
    plain = completed(edited.kind, edited.record_id, read_form(edited.kind, posted), norwegian_day())
    return edited._replace(lacks=_with_lacks(store, edited, plain, catalog).lacks)


def _with_lacks(store: RecordStore, edited: RecordForm, plain: dict[str, Any], catalog: Messages) -> RecordForm:
    problems = _problems(store, edited, plain)
    missing = [problem for problem in problems if problem.fault and problem.fault.code in _MISSING]
    wrong = [problem for problem in problems if problem not in missing]
    # How sure a record is follows from its first source, and so do the sources of what is said in it.
    follows = {"confidence"} if edited.kind is not Kind.CONCEPT else set()
    if any(one.field == "sources" for one in missing):
        follows |= {one.field for one in missing if _OF_SOURCE.search(one.field)}
    missing = [one for one in missing if one.field not in follows]
    return edited._replace(
        faults=errors_by_field(edited.nodes, wrong, catalog), lacks=errors_by_field(edited.nodes, missing, catalog)
    )


def _problems(store: RecordStore, edited: RecordForm, plain: dict[str, Any]) -> list[Problem]:
    """Return what keeps plain data from being a published record."""
    record_id = edited.record_id
    try:
        record: Record = validate_record(edited.kind, record_id, {**plain, "state": CurationState.PUBLISHED.value})
    except InvalidRecordError as error:
        paths = {problem.field for problem in error.problems}
        gaps = [Problem.of(record_id, record_id, path, Fault("no_language")) for path in _untranslated(edited.nodes)]
        return [*error.problems, *(gap for gap in gaps if gap.field not in paths)]
    return validate_against_store(store, [Located(record_id, record)])


def _untranslated(nodes: Sequence[Node]) -> Iterable[str]:
    """Yield the paths of texts that are written in one language and not yet in bokmål or English."""
    for texts in _texts(nodes):
        if any(leaf.value for leaf in texts):
            demanded = (leaf for leaf in texts if leaf.language is not Language.NN)
            yield from (leaf.path for leaf in demanded if not leaf.value)
