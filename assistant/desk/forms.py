"""A record as a form: from a model and plain data to fields, and from what was posted back to plain data.

Invariant: a field is named by its path in the record (``contributions.0.text.nb``), which is also how a fault names it;
whatever was typed comes back with the form, however wrong it is. A record that goes through its form unchanged is the
same record.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from corpus.faults import Fault
from corpus.files import MODELS, YamlError, read_yaml
from corpus.records import Kind
from corpus.text import LangText, Language
from corpus.vocabulary import Labels

UNSHOWN = frozenset({"id", "state", "checked_on"})
"""Fields that have ways of their own to be changed."""
LONG = frozenset(
    "summary text problem need knowledge_need follow_up note purpose alt_labels hidden_labels asked_as".split()
)
"""Texts in several languages with room for more than a line."""
AS_YAML = frozenset({"criteria"})
"""Fields whose shape depends on what is in them; they are written as YAML, and checked as all others."""
FOLDED = frozenset(
    "aliases asked_as sources relations contacts facts criteria standing_source successors calls related part_of place "
    "hidden_labels identifiers instruments".split()
)
"""Fields that are seldom changed."""
MOST_ITEMS = 200
"""Items of a list that are read; more than any record has."""


class Widget(StrEnum):
    """How a value is typed."""

    LINE = "line"
    LINES = "lines"
    """Several values, one a line."""
    LONG = "long"
    DATE = "date"
    CHECKBOX = "checkbox"
    SELECT = "select"
    MANY = "many"
    """Boxes to tick."""
    REFERENCE = "reference"
    YAML = "yaml"


@dataclass(frozen=True)
class Leaf:
    """One value to type or choose."""

    path: str
    name: str
    widget: Widget
    required: bool
    value: Any = ""
    """Text, or a list of texts for boxes."""
    options: tuple[str, ...] = ()
    choice: str = ""
    """The name of the set that options are of."""
    language: Language | None = None
    kind: Kind | None = None
    """The kind of record that is referred to."""


@dataclass(frozen=True)
class Group:
    """Fields that belong together."""

    path: str
    name: str
    required: bool
    fields: tuple[Node, ...]
    is_text: bool = False
    """Whether it is one text in several languages."""
    item: bool = False
    """Whether it is one of a list, and can be taken away."""


@dataclass(frozen=True)
class Repeated:
    """A list that can grow."""

    path: str
    name: str
    required: bool
    model: type[BaseModel]
    """What each of its items is."""
    items: tuple[Node, ...]


Node = Leaf | Group | Repeated
Posted = Mapping[str, Sequence[str]]


def form_of(kind: Kind, plain: Mapping[str, Any]) -> tuple[Node, ...]:
    """Return the fields of a record given as plain data, which may lack anything and be wrong in any way."""
    return _fields(MODELS[kind], "", plain, defaults=True)


def read_form(kind: Kind, posted: Posted) -> dict[str, Any]:
    """Return what was posted as plain data: what is empty is left out, what is wrong is kept as it was typed."""
    return _read_model(MODELS[kind], "", posted)


def with_item(kind: Kind, posted: Posted, path: str) -> tuple[Node, ...]:
    """Return the form of what was posted with one more, empty, item in the list at a path."""
    return tuple(_grown(node, path) for node in form_of(kind, read_form(kind, posted)))


def without_item(posted: Posted, path: str) -> dict[str, Sequence[str]]:
    """Return what was posted without the item at a path."""
    return {name: value for name, value in posted.items() if name != path and not name.startswith(f"{path}.")}


def posted_of(nodes: Sequence[Node]) -> dict[str, list[str]]:
    """Return what a browser posts of a form that nobody has changed."""
    return {leaf.path: values for leaf in leaves(nodes) if (values := _values(leaf))}


def leaves(nodes: Sequence[Node]) -> Iterator[Leaf]:
    """Yield every value of a form."""
    for node in nodes:
        match node:
            case Leaf():
                yield node
            case Group():
                yield from leaves(node.fields)
            case Repeated():
                yield from leaves(node.items)


def _values(leaf: Leaf) -> list[str]:
    if leaf.widget is Widget.MANY:
        return list(leaf.value)
    if leaf.widget is Widget.CHECKBOX:
        return ["true"] if leaf.value else []
    return [leaf.value] if leaf.value else []


def _fields(model: type[BaseModel], path: str, plain: Any, *, defaults: bool) -> tuple[Node, ...]:  # noqa: ANN401
    given = plain if isinstance(plain, Mapping) else {}
    nodes = []
    for name, info in model.model_fields.items():
        if not path and name in UNSHOWN:
            continue
        value = given.get(name)
        if name not in given and defaults and not info.is_required():
            value = _plain(info.get_default(call_default_factory=True))
        nodes.append(_node(f"{path}{name}", name, info, value))
    return tuple(nodes)


def _node(path: str, name: str, info: FieldInfo, value: Any) -> Node:  # noqa: ANN401 (plain data of any shape)
    annotation, optional = _bare(info.annotation)
    required = info.is_required()
    if name in AS_YAML:
        return Leaf(path, name, Widget.YAML, required, _yaml(value))
    if _is_tuple(annotation):
        return _list_node(path, name, get_args(annotation)[0], value, info)
    if _is_model(annotation):
        return _group(path, name, annotation, value, required=required, defaults=not optional)
    return _leaf(path, name, annotation, info, value)


def _list_node(path: str, name: str, inner: Any, value: Any, info: FieldInfo) -> Node:  # noqa: ANN401
    items = value if isinstance(value, list) else []
    least = any(getattr(rule, "min_length", None) for rule in info.metadata)
    if _is_enum(inner):
        return Leaf(path, name, Widget.MANY, least, items, tuple(inner), inner.__name__)
    if _is_model(inner):
        groups = (_item(path, name, number, inner, item) for number, item in enumerate(items[:MOST_ITEMS]))
        return Repeated(path, name, least, inner, tuple(groups))
    return Leaf(path, name, Widget.LINES, least, "\n".join(map(str, items)), kind=_referred(_rules(inner)))


def _item(path: str, name: str, number: int, inner: type[BaseModel], value: Any) -> Group:  # noqa: ANN401
    own = f"{path}.{number}"
    return Group(own, name, False, _fields(inner, f"{own}.", value, defaults=False), inner is LangText, item=True)


def _group(path: str, name: str, model: type[BaseModel], value: Any, *, required: bool, defaults: bool) -> Node:  # noqa: ANN401
    is_text = model in {LangText, Labels}
    children = _fields(model, f"{path}.", value, defaults=defaults or value is not None)
    if is_text:
        wide = Widget.LINES if model is Labels else Widget.LONG if name in LONG else Widget.LINE
        children = tuple(
            replace(one, widget=wide, required=False, language=Language(one.name))
            for one in children
            if isinstance(one, Leaf)
        )
    return Group(path, name, required, children, is_text)


def _leaf(path: str, name: str, annotation: Any, info: FieldInfo, value: Any) -> Leaf:  # noqa: ANN401
    required = info.is_required()
    text = "" if value is None else str(value)
    if annotation is bool:
        return Leaf(path, name, Widget.CHECKBOX, False, bool(value))
    if _is_enum(annotation):
        return Leaf(path, name, Widget.SELECT, required, text, tuple(annotation), annotation.__name__)
    if get_origin(annotation) is Literal:
        return Leaf(path, name, Widget.SELECT, required, text, tuple(map(str, get_args(annotation))), name)
    if annotation is date:
        return Leaf(path, name, Widget.DATE, required, text)
    candidates = (info.annotation, *get_args(info.annotation))
    if kind := _referred([*info.metadata, *(rule for one in candidates for rule in _rules(one))]):
        return Leaf(path, name, Widget.REFERENCE, required, text, kind=kind)
    return Leaf(path, name, Widget.LINE, required, text)


def _grown(node: Node, path: str) -> Node:
    match node:
        case Repeated() if node.path == path:
            return replace(node, items=(*node.items, _item(path, node.name, len(node.items), node.model, None)))
        case Repeated():
            return replace(node, items=tuple(_grown(one, path) for one in node.items))
        case Group():
            return replace(node, fields=tuple(_grown(one, path) for one in node.fields))
        case Leaf():
            return node


def _read_model(model: type[BaseModel], path: str, posted: Posted) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if not path and name in UNSHOWN:
            continue
        annotation, optional = _bare(info.annotation)
        value = _read(f"{path}{name}", name, annotation, posted)
        if optional and _is_model(annotation) and is_empty(value):
            continue
        if value is not None:
            plain[name] = value
    return plain


def _read(path: str, name: str, annotation: Any, posted: Posted) -> Any:  # noqa: ANN401
    if name in AS_YAML:
        return _from_yaml(_text(path, posted))
    if _is_tuple(annotation):
        inner = get_args(annotation)[0]
        if _is_enum(inner):
            return [value for value in posted.get(path, ()) if value]
        if _is_model(inner):
            items = (_read_model(inner, f"{path}.{number}.", posted) for number in _numbers(path, posted))
            return [item for item in items if not is_empty(item)]
        return [line.strip() for line in _text(path, posted).splitlines() if line.strip()]
    if _is_model(annotation):
        return _read_model(annotation, f"{path}.", posted)
    if annotation is bool:
        return True if posted.get(path) else None
    return _text(path, posted) or None


def _numbers(path: str, posted: Posted) -> list[int]:
    start = f"{path}."
    found = {name[len(start) :].partition(".")[0] for name in posted if name.startswith(start)}
    return sorted(int(number) for number in found if number.isascii() and number.isdigit() and len(number) < 4)[
        :MOST_ITEMS
    ]


def _text(path: str, posted: Posted) -> str:
    # Browsers end lines as forms have done since the beginning, with a carriage return too.
    return "\n".join(line.rstrip() for line in next(iter(posted.get(path, ())), "").splitlines()).strip()


def is_empty(plain: Any) -> bool:  # noqa: ANN401 (plain data of any shape)
    """Tell whether nothing is said by plain data."""
    if isinstance(plain, Mapping):
        return all(map(is_empty, plain.values()))
    if isinstance(plain, list):
        return all(map(is_empty, plain))
    return plain is None or plain == ""


def _plain(value: Any) -> Any:  # noqa: ANN401 (a default of any shape)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _yaml(value: Any) -> str:  # noqa: ANN401 (plain data of any shape)
    if isinstance(value, str):
        return value
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100) if value else ""


def _from_yaml(text: str) -> Any:  # noqa: ANN401 (plain data of any shape)
    try:
        found = read_yaml(text) if text else []
    except YamlError:
        return text
    return found if isinstance(found, list) else text


def yaml_faults(kind: Kind, posted: Posted) -> Iterator[tuple[str, Fault]]:
    """Yield what is wrong with the YAML that was posted, each with the path of its field."""
    for leaf in leaves(form_of(kind, read_form(kind, posted))):
        if leaf.widget is Widget.YAML and leaf.value:
            try:
                read_yaml(str(leaf.value))
            except YamlError as error:
                yield leaf.path, error.fault


def _bare(annotation: Any) -> tuple[Any, bool]:  # noqa: ANN401 (types as pydantic keeps them)
    """Return a type without None, and whether None is allowed."""
    if get_origin(annotation) in {Union, types.UnionType}:
        some = [one for one in get_args(annotation) if one is not types.NoneType]
        if len(some) == 1:
            return _unannotated(some[0]), True
    return _unannotated(annotation), False


def _unannotated(annotation: Any) -> Any:  # noqa: ANN401 (types as pydantic keeps them)
    return get_args(annotation)[0] if _rules(annotation) else annotation


def _is_tuple(annotation: Any) -> bool:  # noqa: ANN401
    return get_origin(annotation) is tuple


def _is_model(annotation: Any) -> bool:  # noqa: ANN401
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_enum(annotation: Any) -> bool:  # noqa: ANN401
    return isinstance(annotation, type) and issubclass(annotation, StrEnum)


def _rules(annotation: Any) -> Sequence[Any]:  # noqa: ANN401 (types as pydantic keeps them)
    return getattr(annotation, "__metadata__", ())


def _referred(rules: Iterable[Any]) -> Kind | None:
    """Return the kind of record that an id is of, by the pattern among its rules."""
    patterns = [pattern for rule in rules if (pattern := getattr(rule, "pattern", None))]
    return next((kind for pattern in patterns for kind in Kind if pattern.startswith(f"^{kind}:")), None)
