"""Amazon's published models: which operation a request is, what is wrong with it, and the examples of its answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import jsonschema
from graphql import build_schema, parse, validate

FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("date-time", ValueError)  # type: ignore[untyped-decorator]
def _is_moment(text: object) -> bool:
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


@dataclass(frozen=True)
class Example:
    """A case of the static sandbox: its answer."""

    operation: str
    status: int
    number: int
    body: Any


@dataclass(frozen=True)
class Operation:
    """One operation of a Swagger 2.0 or OpenAPI 3 document."""

    name: str
    method: str
    path: re.Pattern[str]
    document: Mapping[str, Any]
    spec: Mapping[str, Any]

    @property
    def parameters(self) -> list[dict[str, Any]]:
        return [resolved(self.document, entry) for entry in self.spec.get("parameters", ())]

    @property
    def examples(self) -> list[Example]:
        """Its static cases, then the examples beside them that are no case."""
        found: list[Any] = []
        for status, response in self.spec["responses"].items():
            cases = response.get("x-amzn-api-sandbox", {}).get("static", ())
            bodies = [case.get("response") for case in cases]
            bodies += [body for body in response.get("examples", {}).values() if body not in bodies]
            found += [Example(self.name, int(status), number, body) for number, body in enumerate(bodies)]
        return found

    def body_schema(self, media: str) -> dict[str, Any] | None:
        for parameter in self.parameters:
            if parameter["in"] == "body":
                return dict(parameter["schema"])
        content = self.spec.get("requestBody", {}).get("content", {})
        return dict(content[media]["schema"]) if media in content else None


class Specification:
    """The models of the Selling Partner API and of the Ads API, and the schemas of Data Kiosk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.operations = [
            Operation(spec["operationId"], method.upper(), _pattern(path), document, spec)
            for file in (*sorted(folder.glob("models/*.json")), *sorted(folder.glob("ads/*.json")))
            if "paths" in (document := json.loads(file.read_text("utf-8")))
            for path, methods in document["paths"].items()
            for method, spec in methods.items()
            if isinstance(spec, dict) and "operationId" in spec
        ]

    @cached_property
    def _kiosk(self) -> dict[str, Any]:
        return {
            file.stem: build_schema(file.read_text("utf-8"), assume_valid=True)
            for file in self._folder.glob("data-kiosk/*.graphql")
        }

    def operation(self, request: httpx.Request) -> Operation | None:
        found = [o for o in self.operations if o.method == request.method and o.path.fullmatch(request.url.path)]
        return found[0] if found else None

    def faults(self, request: httpx.Request) -> Iterator[str]:
        """What the models do not allow; a request that is none of their operations is a fault too."""
        operation = self.operation(request)
        if operation is None:
            yield f"{request.method} {request.url} is no operation"
            return
        faults = [*_query_faults(operation, request.url.params), *_header_faults(operation, request.headers)]
        if request.content:
            faults += self._body_faults(operation, request)
        yield from (f"{operation.name}: {fault}" for fault in faults)

    def _body_faults(self, operation: Operation, request: httpx.Request) -> Iterator[str]:
        media, body = request.headers["content-type"], json.loads(request.content)
        schema = operation.body_schema(media)
        if schema is None:
            yield f"takes no body of type {media}"
            return
        yield from violations(operation.document, schema, body)
        if operation.name == "createQuery":
            yield from self.query_faults(body["query"])

    def query_faults(self, text: str) -> Iterator[str]:
        """What the schema that a Data Kiosk query names does not allow."""
        names = [name for name in self._kiosk if name in text]
        if len(names) != 1:
            yield f"names {len(names)} of the known schemas"
            return
        yield from (error.message for error in validate(self._kiosk[names[0]], parse(text)))


def violations(document: Mapping[str, Any], schema: Mapping[str, Any], value: object) -> Iterator[str]:
    """Where a value breaks its schema, names that the schema does not have included."""
    parts = {key: document[key] for key in ("definitions", "components") if key in document}
    validator = jsonschema.Draft4Validator({**schema, **parts}, format_checker=FORMATS)
    yield from (f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value))
    properties = resolved(document, schema).get("properties", {})
    if isinstance(value, dict) and properties:
        yield from (f"unknown field {name}" for name in value if name not in properties)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(path)))


def resolved(document: Mapping[str, Any], node: Any) -> Any:
    while "$ref" in node:
        target: Any = document
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        node = target
    return node


def _query_faults(operation: Operation, query: httpx.QueryParams) -> Iterator[str]:
    declared = {p["name"]: p for p in operation.parameters if p["in"] == "query"}
    for name, text in query.multi_items():
        if name in declared:
            schema = declared[name].get("schema") or declared[name]
            yield from violations(operation.document, _plain(schema), _value(schema, text))
        else:
            yield f"unknown parameter {name}"
    for name, parameter in declared.items():
        if parameter.get("required") and name not in query:
            yield f"parameter {name} is missing"


_CHECKED = ("type", "enum", "format", "minimum", "maximum", "minItems", "maxItems", "items", "minLength", "maxLength")


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A Swagger 2.0 parameter as the schema of its value."""
    return {key: schema[key] for key in _CHECKED if key in schema}


def _value(schema: Mapping[str, Any], text: str) -> object:
    """What a text stands for; lists are joined by commas."""
    kind = schema.get("type")
    if kind == "array":
        return text.split(",")
    if kind == "integer" and text.lstrip("-").isdecimal():
        return int(text)
    return text == "true" if kind == "boolean" and text in ("true", "false") else text


def _header_faults(operation: Operation, headers: httpx.Headers) -> Iterator[str]:
    for parameter in operation.parameters:
        if parameter["in"] == "header" and parameter.get("required") and not headers.get(parameter["name"]):
            yield f"header {parameter['name']} is missing"
