"""`/api/docs/`: the API as a page for people, drawn on the server from the OpenAPI schema itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from core.language import in_house

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter or a field: its name, its type in words, and what it means, a line each."""

    name: str
    kind: str
    model: str
    is_required: bool
    words: tuple[str, ...]
    where: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, what it means, and the model that comes with it."""

    status: str
    words: str
    model: str


@dataclass(frozen=True, slots=True)
class Model:
    """What goes in or out: its fields, or the values that it may have."""

    name: str
    fields: tuple[Value, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be asked of one address."""

    code: str
    method: str
    path: str
    title: str
    words: str
    parameters: tuple[Value, ...]
    body: str
    answers: tuple[Answer, ...]


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters and answers, and every model."""
    schema = _schema()
    models = schema.get("components", {}).get("schemas", {})
    context = {
        "info": schema["info"],
        "operations": list(_operations(schema)),
        "models": [
            Model(name, _fields(told), _lines(told.get("description", ""))) for name, told in models.items()
        ],
    }
    return render(request, "api_docs.html", context)


@cache
@in_house
def _schema() -> Node:
    schema: Node = SchemaGenerator().get_schema(request=None, public=True)
    return schema


def _operations(schema: Node) -> Iterator[Operation]:
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            yield Operation(
                code=told["operationId"],
                method=method.upper(),
                path=path,
                title=told.get("summary") or told["operationId"],
                words=told.get("description", ""),
                parameters=tuple(_parameter(one) for one in told.get("parameters", ())),
                body=_model(told.get("requestBody", {})),
                answers=tuple(
                    Answer(status, one.get("description", ""), _model(one))
                    for status, one in told["responses"].items()
                ),
            )


def _parameter(told: Node) -> Value:
    return _value(
        told["name"],
        told["schema"],
        is_required=told.get("required", False),
        words=told.get("description", ""),
        where=told["in"],
    )


def _fields(model: Node) -> tuple[Value, ...]:
    required = model.get("required", ())
    return tuple(
        _value(name, told, is_required=name in required, words=told.get("description", ""))
        for name, told in model.get("properties", {}).items()
    )


def _value(name: str, told: Node, *, is_required: bool, words: str, where: str = "") -> Value:
    kind, model = _kind(told)
    return Value(name, kind, model, is_required, () if model else _lines(words), where)


def _lines(words: str) -> tuple[str, ...]:
    """What stands in Markdown, a line each."""
    return tuple(line.removeprefix("* ").replace("`", "") for line in words.splitlines() if line)


def _kind(told: Node) -> tuple[str, str]:
    """The type in words, and the model it refers to."""
    parts = [told, *told.get("allOf", ()), *told.get("oneOf", ()), told.get("items", {})]
    model = next((part["$ref"].rpartition("/")[2] for part in parts if "$ref" in part), "")
    kind = told.get("format") or told.get("type") or ""
    return kind, model


def _model(told: Node) -> str:
    """The model of a request or an answer."""
    contents = told.get("content", {}).values()
    return next((model for one in contents if (model := _kind(one["schema"])[1])), "")
