"""Records as YAML text: one file holds a list of records, told apart by their ids.

Invariant: `parse_records(dump_records(records)) == records`. Every failure names file, record and field; a file
with any fault yields no records at all, so nothing is half read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ValidationError

from corpus.errors import CorpusError, InvalidRecordError, Problem, RecordFileError
from corpus.faults import Fault, display_value, fault_of
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
_ENDINGS = {".yaml", ".yml"}
_SPREADSHEETS = {".csv", ".tsv", ".xls", ".xlsx", ".ods"}
_SAVE_AS = "In the editor choose Save as, with the encoding UTF-8, and try again."
_REASON_SHOWN = 200


class Located(NamedTuple):
    """A record with the file it was read from."""

    file: str
    record: Record


class YamlError(CorpusError):
    """A text is not the YAML that is read here."""

    def __init__(self, why: str, line: int | None = None, column: int | None = None) -> None:
        code = "unreadable" if line else "unreadable_whole"
        self.fault = Fault(code, {"line": str(line), "column": str(column), "why": why[:_REASON_SHOWN]})
        super().__init__(str(self.fault))


_TEXT = "tag:yaml.org,2002:str"


class _Loader(yaml.CSafeLoader):
    """YAML with few guesses: what is no plain number, true or false is the text that it looks like.

    So 0301, 12:30, no and 2026-05-24 stay as they are written. No key may be given twice, and nothing that is written
    raises anything but an error with the place where it stands.
    """

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> Any:  # noqa: ANN401 (PyYAML's signature)
        # Nine values of ten are text, by their quotes or their first letter.
        if kind is yaml.ScalarNode and not (implicit[0] and value[:1] in self.yaml_implicit_resolvers):
            return _TEXT
        return super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401 (PyYAML's signature)
        if node.tag == _TEXT and isinstance(node, yaml.ScalarNode):
            return node.value
        try:
            return super().construct_object(node, deep)
        except yaml.YAMLError:
            raise
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
            written = display_value(node.value) if isinstance(node, yaml.ScalarNode) else "this"
            raise yaml.constructor.ConstructorError(
                None, None, f"{written} is no value that can be read here", node.start_mark
            ) from error


_PLAIN: Mapping[str, str] = {
    "tag:yaml.org,2002:bool": r"^(?:true|True|TRUE|false|False|FALSE)$",
    "tag:yaml.org,2002:int": r"^[-+]?(?:0|[1-9][0-9]{0,17})$",
    "tag:yaml.org,2002:float": r"^[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}$",
    "tag:yaml.org,2002:null": r"^(?:~|null|Null|NULL|)$",
    "tag:yaml.org,2002:merge": r"^(?:<<)$",
}
_BEGINNINGS = {"bool": "tTfF", "int": "-+0123456789", "float": "-+0123456789", "null": "~nN", "merge": "<"}
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern in _PLAIN.items():
    _first = [*_BEGINNINGS[_tag.rpartition(":")[2]], *([""] if _tag.endswith("null") else [])]
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), _first)


def _unique_mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys: dict[Any, yaml.Node] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str | int | float):
            told = "expected the name of a field before the colon, got a list or fields"
            raise yaml.constructor.ConstructorError(None, None, told, key_node.start_mark)
        if key in keys:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is given twice", key_node.start_mark)
        keys[key] = value_node
    return {key: loader.construct_object(value_node, deep=True) for key, value_node in keys.items()}


_Loader.add_constructor("tag:yaml.org,2002:map", _unique_mapping)


def read_yaml(text: str) -> object:
    """Return what a YAML text holds, as plain values.

    Raises:
        YamlError: it cannot be read; the text says where and why.
    """
    try:
        # A subclass of the safe loader: it makes plain values only.
        return yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise YamlError(
            error.problem or "it is not YAML", mark.line + 1 if mark else None, mark.column + 1 if mark else None
        ) from error
    except yaml.YAMLError as error:
        raise YamlError(" ".join(str(error).split())) from error
    except RecursionError as error:
        raise YamlError("it is nested too deeply") from error


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
    return [
        Problem.of(file, record, ".".join(str(part) for part in item["loc"]) or "(record)", fault_of(item))
        for item in error.errors(include_url=False)
    ]


def parse_record(data: object, file: str = "(input)", position: int = 1) -> tuple[Record | None, list[Problem]]:
    """Make a record of plain data, or say what is wrong with it."""
    if not isinstance(data, dict):
        return None, [Problem.of(file, f"record {position}", "(record)", Fault("fields"))]
    record_id = data.get("id")
    if not isinstance(record_id, str):
        return None, [
            Problem.of(
                file,
                f"record {position}",
                "id",
                Fault("id", {"got": display_value(record_id), "example": "actor:some-name"}),
            )
        ]
    try:
        return MODELS[kind_of(record_id)].model_validate(data), []
    except InvalidRecordError as error:
        told = Fault("id", {"got": display_value(record_id), "example": f"{Kind.ACTOR}:some-name"})
        return None, [Problem(file, record_id, "id", str(error), told)]
    except ValidationError as error:
        return None, problems_of(error, file, record_id)


def parse_records(text: str, file: str = "(input)") -> tuple[list[Record], list[Problem]]:
    """Read the records of one YAML text; a single record without the list is also understood.

    Raises:
        RecordFileError: the text is not YAML, or holds neither a record nor a list of them.
    """
    try:
        data = read_yaml(text)
    except YamlError as error:
        raise RecordFileError(f"{file}: {error}.") from error
    if isinstance(data, dict):
        data = [data]
    if not isinstance(data, list):
        raise RecordFileError(
            f"{file}: expected a list of records, each beginning with '- id:', got "
            f"{'nothing' if data is None else 'a line of text' if isinstance(data, str) else 'a single value'}. "
            "`mellomrom corpus export` shows how records are written."
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
    """Read every ``*.yaml`` and ``*.yml`` file below a folder, or one file; faulty files and records become problems.

    Raises:
        RecordFileError: there is nothing to read at that path.
    """
    paths = [folder]
    if folder.is_dir():
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS and path.is_file())
    if not paths:
        raise RecordFileError(f"{folder}: no file that ends in .yaml or .yml was found there. Give the folder of some.")
    located: list[Located] = []
    problems: list[Problem] = []
    for path in paths:
        name = str(path.relative_to(folder)) if folder.is_dir() else str(path)
        try:
            records, found = parse_records(read_text(path, name), name)
        except RecordFileError as error:
            if isinstance(error.__cause__, OSError):
                raise
            problems.append(Problem(name, "(file)", "(text)", str(error).removeprefix(f"{name}: ")))
        else:
            located.extend(Located(name, record) for record in records)
            problems.extend(found)
    return located, problems


def read_text(path: Path, name: str | None = None) -> str:
    """Return the text of a file of records.

    Raises:
        RecordFileError: it cannot be read, or is no text in UTF-8; the error says how to save it.
    """
    name = name or str(path)
    if path.suffix.lower() in _SPREADSHEETS:
        raise RecordFileError(
            f"{name}: got a spreadsheet, expected YAML, a list of records each beginning with '- id:'. "
            "`mellomrom corpus export` shows how records are written; the forms on the desk need no file."
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise RecordFileError(f"{name}: cannot be read ({error.strerror}). Give a file that exists.") from error
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise RecordFileError(f"{name}: got text in UTF-16, expected UTF-8. {_SAVE_AS}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        read = raw[error.start : error.start + 1].decode("cp1252", "replace")
        raise RecordFileError(
            f"{name}: got text that is not UTF-8, at line {line} (an older Windows program means {read!r}). {_SAVE_AS}"
        ) from error


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
            if (below := getattr(value, name)) and not isinstance(below, str):
                yield from iter_models(below, f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for position, item in enumerate(value):
            yield from iter_models(item, f"{path}.{position}")
