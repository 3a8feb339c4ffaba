"""What the API takes and gives, to be read: made from its description in OpenAPI, so that the two never differ.

Invariant: every operation, field and model of the description stands on the page; nothing is told that is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_MODELS = "#/components/schemas/"
_LEFT_OUT = {"HTTPValidationError", "ValidationError"}
"""Models of the web framework's own errors, in place of which problems are told."""
_LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {:g}",
    "maximum": "at most {:g}",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "pattern": "matching {}",
}


class TypePart(NamedTuple):
    """A bit of what a field may hold."""

    text: str
    model: bool = False
    """Whether it is the name of a model."""


class ApiField(NamedTuple):
    """A parameter, or a field of a body or a model."""

    name: str
    place: str
    """`path`, `query` or `header`; empty in a body or a model."""
    parts: tuple[TypePart, ...]
    required: bool
    told: str


class ApiOperation(NamedTuple):
    """Something that the API does."""

    id: str
    method: str
    path: str
    told: str
    fields: tuple[ApiField, ...]
    body: tuple[TypePart, ...]
    """What is sent; empty where nothing is."""
    example: str
    """A call by curl."""
    answer: tuple[TypePart, ...]
    """What is given back; empty where nothing is."""


class ApiModel(NamedTuple):
    """What is sent or given back."""

    name: str
    told: str
    parts: tuple[TypePart, ...]
    """What it may be, where it has no fields."""
    fields: tuple[ApiField, ...]


class ApiReference(NamedTuple):
    """The API."""

    told: str
    token_header: str
    problem_model: str
    """The name of the model of what cannot be done."""
    groups: tuple[tuple[str, tuple[ApiOperation, ...]], ...]
    models: tuple[ApiModel, ...]


def reference_of(described: Mapping[str, Any], base: str) -> ApiReference:
    """Return an API to be read.

    Args:
        described: The API in OpenAPI.
        base: Where it is served, for examples.
    """
    models = described["components"]["schemas"]
    groups: dict[str, list[ApiOperation]] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            read = _operation(f"{method.upper()} {base}{path}", path, operation, models)
            groups.setdefault(operation["tags"][0], []).append(read)
    return ApiReference(
        told=described["info"].get("summary", ""),
        token_header="Authorization: Bearer …",  # noqa: S106 (the name of a header)
        problem_model="Problem",
        groups=tuple((name, tuple(some)) for name, some in groups.items()),
        models=tuple(_model(name, model) for name, model in sorted(models.items()) if name not in _LEFT_OUT),
    )


def _operation(call: str, path: str, operation: Mapping[str, Any], models: Mapping[str, Any]) -> ApiOperation:
    method, _, url = call.partition(" ")
    sent = _content(operation.get("requestBody", {}))
    given: Mapping[str, Any] = next((one for code, one in operation["responses"].items() if code.startswith("2")), {})
    curl = [f"curl -X {method} {url}", '-H "Authorization: Bearer $TOKEN"']
    if sent:
        body = json.dumps(_sample(sent, models), ensure_ascii=False)
        curl += ["-H 'Content-Type: application/json'", f"-d '{body}'"]
    return ApiOperation(
        id=operation["operationId"],
        method=method,
        path=path,
        told=operation.get("description", ""),
        fields=tuple(
            ApiField(
                one["name"],
                one["in"],
                tuple(_type(one["schema"])),
                one.get("required", False),
                one.get("description", ""),
            )
            for one in operation.get("parameters", ())
        ),
        body=tuple(_type(sent)) if sent else (),
        example=" \\\n  ".join(curl),
        answer=tuple(_type(answered)) if (answered := _content(given)) else (),
    )


def _content(described: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of what a body holds; empty where there is none."""
    schema: Mapping[str, Any] = next((one.get("schema", {}) for one in described.get("content", {}).values()), {})
    return schema


def _model(name: str, model: Mapping[str, Any]) -> ApiModel:
    fields = model.get("properties", {})
    required = model.get("required", ())
    return ApiModel(
        name=name,
        told=model.get("description", ""),
        parts=() if fields else tuple(_type(model)),
        fields=tuple(
            ApiField(field, "", tuple(_type(schema)), field in required, schema.get("description", ""))
            for field, schema in fields.items()
        ),
    )


def _type(schema: Mapping[str, Any]) -> Sequence[TypePart]:
    """Return what a schema allows, in words and names of models."""
    if "$ref" in schema:
        return [TypePart(schema["$ref"].removeprefix(_MODELS), model=True)]
    if several := schema.get("anyOf") or schema.get("oneOf"):
        parts: list[TypePart] = []
        for one in several:
            parts += [*([TypePart(" or ")] if parts else []), *_type(one)]
    elif "enum" in schema:
        parts = [TypePart("one of " + ", ".join(map(str, schema["enum"])))]
    elif "const" in schema:
        parts = [TypePart(str(schema["const"]))]
    elif schema.get("type") == "array":
        parts = [TypePart("list of "), *_type(schema.get("items", {}))]
    else:
        kind = {"null": "nothing"}.get(schema.get("type", ""), schema.get("type", "anything"))
        parts = [TypePart(f"{kind} ({schema['format']})" if "format" in schema else kind)]
    limits = [words.format(schema[name]) for name, words in _LIMITS.items() if name in schema]
    if schema.get("default") not in (None, ""):
        limits.append(f"{schema['default']} if not given")
    return [*parts, TypePart(", " + ", ".join(limits))] if limits else parts


def _sample(schema: Mapping[str, Any], models: Mapping[str, Any]) -> Any:  # noqa: ANN401 (JSON of any shape)
    """Return a value that a schema allows: its own example, or the least that has to be sent."""
    if "$ref" in schema:
        return _sample(models[schema["$ref"].removeprefix(_MODELS)], models)
    for given in (schema.get("examples", ()), schema.get("enum", ())):
        if given:
            return given[0]
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return _sample(several[0], models)
    match schema.get("type"):
        case "object":
            fields, needed = schema.get("properties", {}), schema.get("required", ())
            return {name: _sample(one, models) for name, one in fields.items() if name in needed or "examples" in one}
        case "array":
            return [_sample(schema.get("items", {}), models)]
        case "integer" | "number":
            return schema.get("default", schema.get("minimum", 1))
        case "boolean":
            return False
        case _:
            return "…"
