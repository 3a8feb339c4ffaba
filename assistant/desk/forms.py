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
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from assistant.platform.typed_dates import iso_day
from corpus.files import MODELS
from corpus.los import LosSlug
from corpus.records import Kind
from corpus.terms import Source
from corpus.text import LangText, Language
from corpus.vocabulary import Labels

UNSHOWN = frozenset({"id", "state", "checked_on"})
"""Fields that have ways of their own to be changed."""
LONG = frozenset(
    "summary text problem need knowledge_need follow_up note purpose alt_labels hidden_labels asked_as".split()
)
"""Texts in several languages with room for more than a line."""
FIRST = tuple("name pref_label actor_type summary url problem purpose scope standing los sources".split())
"""Fields in the order that people fill them in; the others that are required come after, then the rest."""
SELDOM = frozenset(
    "aliases asked_as relations contacts facts criteria successors calls related part_of place reach themes work "
    "results hidden_labels identifiers instruments recurrence grants summary_source expertise offers seeks "
    "participants knowledge_need follow_up amounts activities orgnr dissolved_on began_on ended_on started_on "
    "any_topic narrowed_to administrator".split()
)
"""Fields that are folded away, each under its own name."""
THEMES = "Los"
"""The choice of what is picked among the themes of Los."""
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
    """Another record, by its name."""
    PICKS = "picks"
    """Several things by their names, the most telling first: other records, or themes."""
    HIDDEN = "hidden"
    """Kept as it is and not shown: ids, and what kind of rule a rule is."""


@dataclass(frozen=True)
class FormField:
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
class FieldGroup:
    """Fields that belong together."""

    path: str
    name: str
    required: bool
    fields: tuple[Node, ...]
    is_text: bool = False
    """Whether it is one text in several languages."""
    item: bool = False
    """Whether it is one of a list, and can be taken away."""
    is_source: bool = False
    """Whether it says where something was read."""


@dataclass(frozen=True)
class RepeatedField:
    """A list that can grow."""

    path: str
    name: str
    required: bool
    shape: Any
    """What each of its items is: a model, or a union of models that are told apart by their kind."""
    items: tuple[Node, ...]

    @property
    def variants(self) -> tuple[str, ...]:
        """The kinds that an item can be of; none where all are alike."""
        return tuple(_variants(self.shape))


Node = FormField | FieldGroup | RepeatedField
Posted = Mapping[str, Sequence[str]]


def form_of(kind: Kind, plain: Mapping[str, Any]) -> tuple[Node, ...]:
    """Return the fields of a record given as plain data, which may lack anything and be wrong in any way."""
    return _fields(MODELS[kind], "", plain, defaults=True)


def read_form(kind: Kind, posted: Posted) -> dict[str, Any]:
    """Return what was posted as plain data: what is empty is left out, what is wrong is kept as it was typed."""
    return _read_model(MODELS[kind], "", posted)


def with_item(kind: Kind, posted: Posted, path: str, variant: str = "") -> tuple[Node, ...]:
    """Return the form of what was posted with one more, empty, item, of that kind of rule, in the list at a path."""
    value = {"kind": variant} if variant else None
    return tuple(_grown(node, path, value) for node in form_of(kind, read_form(kind, posted)))


def in_order(nodes: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """Return the fields of a form in the order that they are filled in: those always in sight, and those folded."""
    order = {name: place for place, name in enumerate(FIRST)}
    ranked = sorted(nodes, key=lambda node: (order.get(node.name, len(FIRST)), not node.required))
    return (
        [node for node in ranked if node.required or node.name not in SELDOM],
        [node for node in ranked if not node.required and node.name in SELDOM],
    )


def without_item(posted: Posted, path: str) -> dict[str, Sequence[str]]:
    """Return what was posted without the item at a path."""
    return {name: value for name, value in posted.items() if name != path and not name.startswith(f"{path}.")}


def posted_of(nodes: Sequence[Node]) -> dict[str, list[str]]:
    """Return what a browser posts of a form that nobody has changed."""
    return {leaf.path: values for leaf in leaves(nodes) if (values := _values(leaf))}


def leaves(nodes: Sequence[Node]) -> Iterator[FormField]:
    """Yield every value of a form."""
    for node in nodes:
        match node:
            case FormField():
                yield node
            case FieldGroup():
                yield from leaves(node.fields)
            case RepeatedField():
                yield from leaves(node.items)


def _values(leaf: FormField) -> list[str]:
    if leaf.widget in {Widget.MANY, Widget.PICKS}:
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
    if _is_tuple(annotation):
        return _list_node(path, name, get_args(annotation)[0], value, info)
    if _is_model(annotation):
        return _group(path, name, annotation, value, required=required, defaults=not optional or value is not None)
    return _leaf(path, name, annotation, info, value)


def _list_node(path: str, name: str, inner: Any, value: Any, info: FieldInfo) -> Node:  # noqa: ANN401
    items = value if isinstance(value, list) else []
    least = any(getattr(rule, "min_length", None) for rule in info.metadata)
    if _is_enum(inner):
        return FormField(path, name, Widget.MANY, least, items, tuple(inner), inner.__name__)
    if _is_model(inner) or _variants(inner):
        groups = (_item(path, name, number, inner, item) for number, item in enumerate(items[:MOST_ITEMS]))
        return RepeatedField(path, name, least, inner, tuple(groups))
    referred = _referred(_rules(inner))
    if referred or inner == LosSlug:
        choice = "" if referred else THEMES
        return FormField(path, name, Widget.PICKS, least, list(map(str, items)), choice=choice, kind=referred)
    return FormField(path, name, Widget.LINES, least, "\n".join(map(str, items)))


def _item(path: str, name: str, number: int, shape: Any, value: Any) -> FieldGroup:  # noqa: ANN401
    own = f"{path}.{number}"
    variant = value.get("kind") if isinstance(value, Mapping) else None
    model = _variants(shape).get(str(variant), _Unknown) if _variants(shape) else shape
    group = _group(own, name, model, value, required=False, defaults=False)
    return replace(group, item=True)


def _group(path: str, name: str, model: type[BaseModel], value: Any, *, required: bool, defaults: bool) -> FieldGroup:  # noqa: ANN401
    is_text = model in {LangText, Labels}
    children = _fields(model, f"{path}.", value, defaults=defaults)
    if is_text:
        wide = Widget.LINES if model is Labels else Widget.LONG if name in LONG else Widget.LINE
        children = tuple(
            replace(child, widget=wide, required=False, language=Language(child.name))
            for child in children
            if isinstance(child, FormField)
        )
    return FieldGroup(path, name, required, children, is_text, is_source=model is Source)


def _leaf(path: str, name: str, annotation: Any, info: FieldInfo, value: Any) -> FormField:  # noqa: ANN401
    required = info.is_required()
    text = "" if value is None else str(value)
    if name == "id":
        return FormField(path, name, Widget.HIDDEN, False, text)
    if get_origin(annotation) is Literal and len(get_args(annotation)) == 1:
        return FormField(path, name, Widget.HIDDEN, False, str(get_args(annotation)[0]))
    if annotation is bool:
        return FormField(path, name, Widget.CHECKBOX, False, bool(value))
    if _is_enum(annotation):
        return FormField(path, name, Widget.SELECT, required, text, tuple(annotation), annotation.__name__)
    if get_origin(annotation) is Literal:
        return FormField(path, name, Widget.SELECT, required, text, tuple(map(str, get_args(annotation))), name)
    if annotation is date:
        return FormField(path, name, Widget.DATE, required, text)
    candidates = (info.annotation, *get_args(info.annotation))
    if kind := _referred([*info.metadata, *(rule for candidate in candidates for rule in _rules(candidate))]):
        return FormField(path, name, Widget.REFERENCE, required, text, kind=kind)
    return FormField(path, name, Widget.LINE, required, text)


def _grown(node: Node, path: str, value: Mapping[str, str] | None) -> Node:
    match node:
        case RepeatedField() if node.path == path:
            return replace(node, items=(*node.items, _item(path, node.name, len(node.items), node.shape, value)))
        case RepeatedField():
            return replace(node, items=tuple(_grown(item, path, value) for item in node.items))
        case FieldGroup():
            return replace(node, fields=tuple(_grown(field, path, value) for field in node.fields))
        case FormField():
            return node


def _read_model(model: type[BaseModel], path: str, posted: Posted) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if not path and name in UNSHOWN:
            continue
        annotation, optional = _bare(info.annotation)
        value = _read(f"{path}{name}", annotation, posted)
        if optional and _is_model(annotation) and is_empty(value):
            continue
        if value is not None:
            plain[name] = value
    return plain


def _read(path: str, annotation: Any, posted: Posted) -> Any:  # noqa: ANN401
    if _is_tuple(annotation):
        inner = get_args(annotation)[0]
        if _is_enum(inner):
            return [value for value in posted.get(path, ()) if value]
        if _is_model(inner) or _variants(inner):
            items = (_read_item(inner, f"{path}.{number}.", posted) for number in _numbers(path, posted))
            return [item for item in items if not is_empty(item)]
        return [line.strip() for value in posted.get(path, ()) for line in value.splitlines() if line.strip()]
    if _is_model(annotation):
        return _read_model(annotation, f"{path}.", posted)
    if annotation is bool:
        return True if posted.get(path) else None
    text = _text(path, posted)
    return (iso_day(text) if annotation is date else text) or None


def _read_item(shape: Any, path: str, posted: Posted) -> dict[str, Any]:  # noqa: ANN401
    variants = _variants(shape)
    if not variants:
        return _read_model(shape, path, posted)
    variant = _text(f"{path}kind", posted)
    return _read_model(variants.get(variant, _Unknown), path, posted) | ({"kind": variant} if variant else {})


def inner_model(annotation: Any, value: Any) -> type[BaseModel] | None:  # noqa: ANN401 (types as pydantic keeps them)
    """Return the model that plain data of a field, or of an item of it, is made into; None where it is no model."""
    bare, _ = _bare(annotation)
    if _is_tuple(bare):
        bare = get_args(bare)[0]
    if variants := _variants(bare):
        return variants.get(str(value.get("kind"))) if isinstance(value, Mapping) else None
    return bare if _is_model(bare) else None


def _numbers(path: str, posted: Posted) -> list[int]:
    start = f"{path}."
    numbers = {name[len(start) :].partition(".")[0] for name in posted if name.startswith(start)}
    return sorted(int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 4)[
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


def _bare(annotation: Any) -> tuple[Any, bool]:  # noqa: ANN401 (types as pydantic keeps them)
    """Return a type without None, and whether None is allowed."""
    if get_origin(annotation) in {Union, types.UnionType}:
        some = [get_arg for get_arg in get_args(annotation) if get_arg is not types.NoneType]
        if len(some) == 1:
            return _unannotated(some[0]), True
    return _unannotated(annotation), False


def _unannotated(annotation: Any) -> Any:  # noqa: ANN401 (types as pydantic keeps them)
    return get_args(annotation)[0] if _rules(annotation) else annotation


def _is_tuple(annotation: Any) -> bool:  # noqa: ANN401
    return get_origin(annotation) is tuple


def _is_model(annotation: Any) -> bool:  # noqa: ANN401
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


class _Unknown(BaseModel):
    """A rule of a kind that there is none of."""

    kind: str


def _variants(shape: Any) -> dict[str, type[BaseModel]]:  # noqa: ANN401 (types as pydantic keeps them)
    """Return the models of a union by the kind that tells them apart; nothing for whatever else."""
    union = get_args(shape)[0] if get_origin(shape) is Annotated else shape
    models = get_args(union) if get_origin(union) in {Union, types.UnionType} else ()
    kinds = [model.model_fields.get("kind") for model in models if _is_model(model)]
    if len(kinds) < 2 or None in kinds:
        return {}
    return {str(get_args(kind.annotation)[0]): model for kind, model in zip(kinds, models, strict=True) if kind}


def _is_enum(annotation: Any) -> bool:  # noqa: ANN401
    return isinstance(annotation, type) and issubclass(annotation, StrEnum)


def _rules(annotation: Any) -> Sequence[Any]:  # noqa: ANN401 (types as pydantic keeps them)
    return getattr(annotation, "__metadata__", ())


def _referred(rules: Iterable[Any]) -> Kind | None:
    """Return the kind of record that an id is of, by the pattern among its rules."""
    patterns = [pattern for rule in rules if (pattern := getattr(rule, "pattern", None))]
    return next((kind for pattern in patterns for kind in Kind if pattern.startswith(f"^{kind}:")), None)
