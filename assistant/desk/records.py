"""The records as the brokers find, change and compare them.

Invariant: nothing is written but through `corpus.curation` and `corpus.merging`, over the version that the broker has
seen; what was typed and cannot be written is given back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import ValidationError

from assistant.desk.catalogue import Catalogue, name_in, names_of
from assistant.desk.completing import completed
from assistant.desk.forms import UNSHOWN, FieldGroup, FormField, Node, Posted, RepeatedField, Widget, form_of, read_form
from assistant.dialogue.understanding import Question, has_words, understand
from assistant.history.log_entries import EntryKind
from assistant.platform.messages import Messages
from assistant.platform.workdays import norwegian_day
from assistant.service.container import Runtime
from assistant.service.stored_answers import StoredAnswer
from corpus.curation import write_one
from corpus.errors import InvalidRecordError, Problem
from corpus.faults import Fault
from corpus.files import MODELS, Record, kind_of, problems_of, to_plain
from corpus.records import CurationState, Kind
from corpus.store import RecordStore
from corpus.stored import Revision, StoredRecord
from corpus.text import Language, slug_of
from index.analysis import normalise
from index.previewing import RankChange, previewed, rank_changes
from index.previewing import near_duplicates as alike_in_text
from index.retrieval.need import Need

NAME_ALIKE = 88.0
"""The likeness (0-100, rapidfuzz, words sorted) of two names from which they may be of one thing."""
QUESTIONS_TRIED = 12
"""Questions of late that a preview is tried on."""


class SimilarRecord(NamedTuple):
    """A record that may be about the same thing as another."""

    record_id: str
    name: str
    likeness: float
    """0 to 1."""


class RecordForm(NamedTuple):
    """A record on a form, with what is wrong with it."""

    kind: Kind
    record_id: str
    version: int
    """The version that the broker has seen; 0 for a new record."""
    nodes: tuple[Node, ...]
    faults: Mapping[str, str] = MappingProxyType({})
    """What is wrong, by the path of the field, in the broker's language."""
    lacks: Mapping[str, str] = MappingProxyType({})
    """What is missing before it can be published, likewise."""

    def with_faults(self, problems: Iterable[Problem], catalog: Messages) -> RecordForm:
        """Return it with what is wrong beside its fields."""
        return self._replace(faults=errors_by_field(self.nodes, problems, catalog))


class DiffPiece(NamedTuple):
    """A part of a text that was changed."""

    sign: str
    """``=`` as before, ``-`` gone, ``+`` new."""
    text: str


class FieldChange(NamedTuple):
    """A value of a record that was changed."""

    path: str
    pieces: Sequence[DiffPiece]


class EditConflict(NamedTuple):
    """A field that somebody else changed while the broker did too, or only the other."""

    path: str
    before: str
    theirs: str
    yours: str


class PastRevision(NamedTuple):
    """A revision as it is told."""

    revision: Revision
    changes: Sequence[FieldChange]


def blank_record(kind: Kind, language: Language, name: str = "", question: str = "") -> dict[str, Any]:
    """Return the beginning of a new record as plain data, from what is known of it."""
    plain: dict[str, Any] = {}
    if name:
        plain["pref_label" if kind is Kind.CONCEPT else "name"] = {language.value: name}
    if question and kind is not Kind.CONCEPT:
        plain["asked_as"] = [{language.value: question}]
    if question and kind is Kind.IDEA:
        plain |= {"problem": {language.value: question}}
    return plain


def id_of(kind: Kind, plain: Mapping[str, Any]) -> str:
    """Return the id that a new record is proposed to have, by its name."""
    name = name_in(names_of(plain), Language.NB)
    return f"{kind}:{slug_of(name)}" if name else ""


def form_from_record(stored: StoredRecord) -> RecordForm:
    """Return a record on its form."""
    kind = kind_of(stored.record.id)
    nodes = form_of(kind, stored.record.model_dump(mode="json"))
    return RecordForm(kind, stored.record.id, stored.version, nodes)


def form_from_post(kind: Kind, record_id: str, version: int, posted: Posted) -> RecordForm:
    """Return a form as it was posted."""
    return RecordForm(kind, record_id, version, form_of(kind, read_form(kind, posted)))


def problem_sentence(problem: Problem, catalog: Messages) -> str:
    """Return what is wrong in the reader's language."""
    if problem.fault is None:
        return problem.message
    return catalog.text(f"fault.{problem.fault.code}", **problem.fault.values)


def record_from_post(kind: Kind, record_id: str, posted: Posted, before: Record | None) -> Record:
    """Return the record that a form says.

    Raises:
        InvalidRecordError: it is not one; each fault is told.
    """
    kept = {} if before is None else before.model_dump(mode="json", include=set(UNSHOWN))
    plain = completed(kind, record_id, read_form(kind, posted), norwegian_day())
    return validate_record(kind, record_id, {"state": CurationState.DRAFT.value, **kept, **plain})


def validate_record(kind: Kind, record_id: str, plain: Mapping[str, Any]) -> Record:
    """Return the record that plain data is.

    Raises:
        InvalidRecordError: it is none; each fault is told.
    """
    try:
        return MODELS[kind].model_validate({**plain, "id": record_id})
    except ValidationError as error:
        found = problems_of(error, record_id, record_id)
        problems = [one._replace(field=_without_tag(one.field)) for one in found]
        raise InvalidRecordError("\n".join(map(str, problems)), problems) from error


def edit_conflicts(store: RecordStore, record_id: str, version: int, posted: Posted) -> list[EditConflict]:
    """Return what differs where somebody else was faster: as the broker saw it, as it is now, and as it was typed."""
    kind = kind_of(record_id)
    seen = _revision_of(store, record_id, version)
    before = _flatten(json.loads(seen.snapshot)) if seen else {}
    theirs = _flatten(to_plain(store.get(record_id).record))
    yours = _flatten(_without_empty(read_form(kind, posted)))
    names = [name for name in dict.fromkeys((*before, *theirs, *yours)) if name.partition(".")[0] not in UNSHOWN]
    return [
        EditConflict(name, before.get(name, ""), theirs.get(name, ""), yours.get(name, ""))
        for name in names
        if before.get(name, "") != theirs.get(name, "")
    ]


def draft_edit_conflicts(now: Mapping[str, Any], posted: Posted, kind: Kind) -> list[EditConflict]:
    """Return what differs between a draft as somebody else saved it meanwhile and as it was typed."""
    theirs, yours = (_flatten(_without_empty(plain)) for plain in (dict(now), read_form(kind, posted)))
    names = [name for name in dict.fromkeys((*theirs, *yours)) if theirs.get(name, "") != yours.get(name, "")]
    return [EditConflict(name, "", theirs.get(name, ""), yours.get(name, "")) for name in names]


def revision_history(store: RecordStore, record_id: str) -> list[PastRevision]:
    """Return the revisions of a record, the newest first, each with what it changed."""
    revisions = []
    for revision in store.history(record_id):
        old = {name: change[0] for name, change in revision.changes.items()}
        new = {name: change[1] for name, change in revision.changes.items()}
        revisions.append(PastRevision(revision, list(changes_of(old, new))))
    return revisions[::-1]


def restore_version(store: RecordStore, record_id: str, version: int, by: str) -> StoredRecord:
    """Make a record what it was in an older version, in the state that it is in now.

    Raises:
        UnknownRecordError: there is no such record.
        InvalidRecordError: that version does not fit beside the others any more, or there is none.
        EditConflictError: it was changed meanwhile.
    """
    now = store.get(record_id)
    old = _revision_of(store, record_id, version)
    if old is None:
        problem = Problem.of(record_id, record_id, "version", Fault("version", {"got": str(version)}))
        raise InvalidRecordError(f"Got the version {version}, expected one from the history of {record_id}.", [problem])
    record = MODELS[kind_of(record_id)].model_validate_json(old.snapshot)
    record = record.model_copy(update={"state": now.record.state})
    return write_one(store, record, by, expected_version=now.version, note=f"as in version {version}")


def similar_records(runtime: Runtime, catalogue: Catalogue, record: Record, language: Language) -> list[SimilarRecord]:
    """Return the records that may be about the same thing, the likest first."""
    from rapidfuzz import fuzz

    kind = kind_of(record.id)
    lines = {
        line.id: line
        for line in catalogue.lines()
        if line.kind is kind and line.id != record.id and line.state is not CurationState.RETIRED
    }
    found: dict[str, float] = {}
    if kind is not Kind.CONCEPT:
        found = alike_in_text(runtime.keeper.searcher(newest=True), runtime.keeper.encoder, record)
    own = [normalise(name) for name in names_of(to_plain(record)).values()]
    for line in lines.values():
        pairs = (fuzz.token_sort_ratio(one, normalise(other)) for one in own for other in line.names.values())
        if (likeness := max(pairs, default=0.0)) >= NAME_ALIKE:
            found[line.id] = max(found.get(line.id, 0.0), likeness / 100)
    ranked = sorted(((i, likeness) for i, likeness in found.items() if i in lines), key=lambda one: -one[1])
    return [SimilarRecord(i, lines[i].name(language), likeness) for i, likeness in ranked[:5]]


class FieldComparison(NamedTuple):
    """A field of two records, and of the one that they would become."""

    path: str
    one: str
    other: str
    together: str


def compare_records(one: Record, other: Record, together: Record) -> list[FieldComparison]:
    """Return every field of two records beside that of the one that they would become."""
    flattened = [_flatten(to_plain(record)) for record in (one, other, together)]
    names = [name for name in dict.fromkeys(name for some in flattened for name in some) if name not in UNSHOWN]
    return [FieldComparison(name, *(some.get(name, "") for some in flattened)) for name in names]


def preview_ranking(runtime: Runtime, record: Record, tried: str) -> list[RankChange]:
    """Return where a record would stand for questions as it is given; of those of late only what it has to do with."""
    kind = kind_of(record.id)
    if kind is Kind.CONCEPT:
        return []
    needs = _needs_to_try(runtime, record, tried)
    searcher = runtime.keeper.searcher(newest=True)
    with previewed(runtime.store, searcher, record) as changed:
        placed = rank_changes(searcher, changed, record.id, needs)
    return [one for one in placed if one.question == tried or one.before or one.after]


def _needs_to_try(runtime: Runtime, record: Record, tried: str) -> dict[str, Need]:
    """Return what a preview is tried on: what the broker types, the record's own questions, and those of late."""
    own = [next(question.items()).text for question in getattr(record, "asked_as", ())[:3]]
    texts = [tried, *own]
    for entry in runtime.service.log.entries(kind=EntryKind.ANSWER, newest_first=True, limit=5 * QUESTIONS_TRIED):
        shown = StoredAnswer.read(entry)
        if shown is not None:
            texts.append(shown.question)
    chosen = [text for text in dict.fromkeys(text.strip() for text in texts) if has_words(text)]
    return {text: understand(Question(text=text)).need for text in chosen[: QUESTIONS_TRIED + 4]}


def errors_by_field(nodes: Sequence[Node], problems: Iterable[Problem], catalog: Messages) -> dict[str, str]:
    """Return problems by the path of the field that they stand beside: the nearest one that the form has."""
    paths = {
        path: node for path, node in _paths(nodes) if not (isinstance(node, FormField) and node.widget is Widget.HIDDEN)
    }
    found: dict[str, str] = {}
    for problem in problems:
        parts = problem.field.split(".")
        prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        path = next((prefix for prefix in prefixes if prefix in paths), "")
        sentence = problem_sentence(problem, catalog)
        node = paths.get(path)
        if isinstance(node, FormField) and node.widget in {Widget.REFERENCE, Widget.PICKS}:
            sentence = _reference_problem_sentence(problem, catalog)
        elif path != problem.field and problem.field != "(record)":
            sentence = f"{path_name(problem.field.removeprefix(path).strip('.'), catalog)}: {sentence}"
        found[path] = f"{found[path]}; {sentence}" if path in found else sentence
    return found


def path_name(path: str, catalog: Messages) -> str:
    """Return what a path names, as its parts are called; numbers count from 1."""
    parts = (
        str(int(part) + 1) if part.isdigit() else catalog.text(f"records.field.{part}") for part in path.split(".")
    )
    return " › ".join(parts)


def _reference_problem_sentence(problem: Problem, catalog: Messages) -> str:
    if problem.fault is None or problem.fault.code not in {"id", "no_record", "los"}:
        return problem_sentence(problem, catalog)
    return catalog.text("filling.no_such_name", got=problem.fault.values.get("got", ""))


def _paths(nodes: Sequence[Node]) -> Iterator[tuple[str, Node]]:
    for node in nodes:
        yield node.path, node
        if isinstance(node, FieldGroup):
            yield from _paths(node.fields)
        elif isinstance(node, RepeatedField):
            yield from _paths(node.items)


def _without_tag(path: str) -> str:
    """Return the path of a fault without the name of the sort of rule that pydantic puts into it."""
    return re.sub(r"(criteria\.\d+)\.[a-z_]+(?=\.|$)", r"\1", path)


def _without_empty(plain: Any) -> Any:  # noqa: ANN401 (plain data of any shape)
    if isinstance(plain, dict):
        kept = {name: _without_empty(item) for name, item in plain.items()}
        return {name: value for name, value in kept.items() if value not in ({}, [], "", None)}
    return [_without_empty(item) for item in plain] if isinstance(plain, list) else plain


def _flatten(plain: Any, path: str = "") -> dict[str, str]:  # noqa: ANN401 (plain data of any shape)
    """Return plain data as texts by path; a list of plain values is one text, a line for each."""
    if isinstance(plain, Mapping):
        return {
            key: text
            for name, item in plain.items()
            for key, text in _flatten(item, f"{path}.{name}" if path else str(name)).items()
        }
    if isinstance(plain, list):
        if any(isinstance(item, dict | list) for item in plain):
            return _flatten({str(number + 1): item for number, item in enumerate(plain)}, path)
        return {path: "\n".join(map(str, plain))} if plain else {}
    return {} if plain is None else {path: str(plain)}


def _revision_of(store: RecordStore, record_id: str, version: int) -> Revision | None:
    return next((one for one in store.history(record_id) if one.version == version), None)


def changes_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    """Yield the values that differ between two records given as plain data, word by word."""
    before, after = _flatten(old), _flatten(new)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield FieldChange(name, _diff_words(before.get(name, ""), after.get(name, "")))


def _diff_words(old: str, new: str) -> list[DiffPiece]:
    before, after = re.findall(r"\S+|\s+", old), re.findall(r"\S+|\s+", new)
    pieces: list[DiffPiece] = []
    for tag, start, end, other_start, other_end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(DiffPiece("=", "".join(before[start:end])))
            continue
        if end > start:
            pieces.append(DiffPiece("-", "".join(before[start:end])))
        if other_end > other_start:
            pieces.append(DiffPiece("+", "".join(after[other_start:other_end])))
    return pieces
