"""Records as YAML text: one file holds a list of records, told apart by their ids.

Invariant: `parse_records(dump_records(records)) == records`. Every failure names file, record and field; a file
with any fault yields no records at all, so nothing is half read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ValidationError

from corpus.errors import InvalidRecordError, Problem, RecordFileError
from corpus.records import Actor, FundingInstrument, Kind, ProjectIdea
from corpus.vocabulary import Concept

Record = Actor | FundingInstrument | ProjectIdea | Concept
MODELS: Mapping[Kind, type[Actor] | type[FundingInstrument] | type[ProjectIdea] | type[Concept]] = {
    Kind.ACTOR: Actor,
    Kind.INSTRUMENT: FundingInstrument,
    Kind.IDEA: ProjectIdea,
    Kind.CONCEPT: Concept,
}


_KINDS = {kind.value: kind for kind in Kind}


class Located(NamedTuple):
    """A record with the file it was read from."""

    file: str
    record: Record


class _Loader(yaml.CSafeLoader):
    """YAML 1.1 without guessing at dates, and without letting a key be given twice."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _unique_mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _unique_mapping)


class _Dumper(yaml.SafeDumper):
    """Block style, keys in model order, long text folded, and strings that look like numbers quoted."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 (PyYAML's signature)
        super().increase_indent(flow, False)


def kind_of(record_id: str) -> Kind:
    """Return the kind that an id names.

    Raises:
        InvalidRecordError: the id does not begin with a kind and a colon.
    """
    prefix, colon, _ = record_id.partition(":")
    kind = _KINDS.get(prefix) if colon else None
    if kind is None:
        kinds = ", ".join(f"{kind}:" for kind in Kind)
        raise InvalidRecordError(f"got the id {record_id!r}, expected one that begins with {kinds}")
    return kind


def problems_of(error: ValidationError, file: str, record: str) -> list[Problem]:
    """Turn a validation error into one problem per faulty field."""
    found = []
    for item in error.errors(include_url=False, include_context=False):
        field = ".".join(str(part) for part in item["loc"]) or "(record)"
        got = item["input"]
        shown = "" if isinstance(got, dict | list | BaseModel) else f" (got {str(got)[:80]!r})"
        found.append(Problem(file, record, field, item["msg"] + shown))
    return found


def parse_record(data: object, file: str = "(input)", position: int = 1) -> tuple[Record | None, list[Problem]]:
    """Make a record of plain data, or say what is wrong with it."""
    if not isinstance(data, dict):
        return None, [Problem(file, f"record {position}", "(record)", f"expected fields, got {type(data).__name__}")]
    record_id = data.get("id")
    if not isinstance(record_id, str):
        return None, [
            Problem(file, f"record {position}", "id", f"expected text such as actor:some-name, got {record_id!r}")
        ]
    try:
        return MODELS[kind_of(record_id)].model_validate(data), []
    except InvalidRecordError as error:
        return None, [Problem(file, record_id, "id", str(error))]
    except ValidationError as error:
        return None, problems_of(error, file, record_id)


def parse_records(text: str, file: str = "(input)") -> tuple[list[Record], list[Problem]]:
    """Read the records of one YAML text; a single record without the list is also understood.

    Raises:
        RecordFileError: the text is not YAML, or holds neither a record nor a list of them.
    """
    try:
        # A subclass of the safe loader: it makes plain values only.
        data = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error)
        raise RecordFileError(f"{file}: not readable as YAML{where}: {what}. Mend that line and try again.") from error
    except RecursionError as error:
        raise RecordFileError(f"{file}: nested too deeply to be a file of records.") from error
    if isinstance(data, dict):
        data = [data]
    if not isinstance(data, list):
        raise RecordFileError(
            f"{file}: expected a list of records, each beginning with '- id:', got {type(data).__name__}."
        )
    records: list[Record] = []
    problems: list[Problem] = []
    for position, item in enumerate(data, start=1):
        record, found = parse_record(item, file, position)
        problems.extend(found)
        if record is not None:
            records.append(record)
    return records, problems


def read_folder(folder: Path) -> tuple[list[Located], list[Problem]]:
    """Read every ``*.yaml`` file below a folder, or one file; faulty files and records become problems.

    Raises:
        RecordFileError: there is nothing to read at that path.
    """
    paths = sorted(folder.rglob("*.yaml")) if folder.is_dir() else [folder]
    if not paths:
        raise RecordFileError(f"{folder}: no file that ends in .yaml was found there.")
    located: list[Located] = []
    problems: list[Problem] = []
    for path in paths:
        name = str(path.relative_to(folder)) if folder.is_dir() else str(path)
        try:
            records, found = parse_records(path.read_text(encoding="utf-8"), name)
        except UnicodeDecodeError as error:
            problems.append(Problem(name, "(file)", "(text)", f"not UTF-8: byte {error.start} cannot be read"))
        except OSError as error:
            raise RecordFileError(f"{path}: cannot be read: {error.strerror}.") from error
        except RecordFileError as error:
            problems.append(Problem(name, "(file)", "(text)", str(error).removeprefix(f"{name}: ")))
        else:
            located.extend(Located(name, record) for record in records)
            problems.extend(found)
    return located, problems


def shipped_folder() -> Path:
    """Return the folder of the records that come with this release."""
    return Path(str(files("corpus") / "data"))


def to_plain(record: Record) -> dict[str, Any]:
    """Return a record as plain data: what differs from the defaults, in the order of the model, id first."""
    data = record.model_dump(mode="json", exclude_defaults=True)
    return {"id": data.pop("id"), **data}


def dump_records(records: Iterable[Record]) -> str:
    """Return records as YAML text that `parse_records` reads back unchanged."""
    plain = [to_plain(record) for record in records]
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def iter_models(value: object, path: str = "") -> Iterator[tuple[str, BaseModel]]:
    """Yield every model below a value with the dotted path to it, the value itself first."""
    if isinstance(value, BaseModel):
        yield path, value
        for name in type(value).model_fields:
            yield from iter_models(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from iter_models(item, f"{path}.{position}")
