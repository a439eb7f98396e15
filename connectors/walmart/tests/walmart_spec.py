"""Walmart's OpenAPI documents: which operation a request is, what is wrong with it, and the examples of its answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema

from kpiterm_walmart.places import ADS_HOST, ADS_PREFIX


@dataclass(frozen=True)
class Example:
    """An answer that the specification shows."""

    operation: str
    status: int
    media: str
    name: str
    body: Any

    def response(self) -> httpx.Response:
        content = self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()
        return httpx.Response(self.status, content=content, headers={"Content-Type": self.media})


class Specification:
    """Walmart's OpenAPI documents: which operation a request is, and what is wrong with it."""

    def __init__(self, folder: Path) -> None:
        self._operations: list[tuple[str, re.Pattern[str], dict[str, Any], dict[str, Any]]] = []
        for file in sorted(folder.glob("*/*.openapi.json")):
            document = json.loads(file.read_text("utf-8"))
            prefix = ADS_PREFIX if file.parent.name == "ads" else ""
            for path, methods in document["paths"].items():
                pattern = re.compile(prefix + re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(path.partition("?")[0])))
                for method, operation in methods.items():
                    # A path that repeats with a fixed query is the newer edition of the same operation.
                    self._operations.append((method.upper(), pattern, document, operation))

    def _found(self, request: httpx.Request) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        return [
            (document, operation)
            for method, pattern, document, operation in self._operations
            if method == request.method and pattern.fullmatch(request.url.path)
        ]

    def operations(self, request: httpx.Request) -> set[str]:
        """The ids of the operation; it has two where the specification has an older edition beside the newer one."""
        return {str(operation.get("operationId", "")) for _, operation in self._found(request)}

    def examples(self, operation: str) -> Iterator[Example]:
        """Every answer that the specification shows for an operation."""
        for _, _, document, spec in self._operations:
            if spec.get("operationId") != operation:
                continue
            for status, response in spec["responses"].items():
                for media, content in _resolved(document, response).get("content", {}).items():
                    shown = {"": {"value": content["example"]}} if "example" in content else {}
                    for name, entry in {**shown, **content.get("examples", {})}.items():
                        yield Example(operation, int(status), media, name, _resolved(document, entry)["value"])

    def faults(self, request: httpx.Request) -> Iterator[str]:
        found = self._found(request)
        if not found:
            yield f"{request.method} {request.url.path} is no operation"
            return
        document, operation = found[-1]
        parameters = [_resolved(document, parameter) for parameter in operation.get("parameters", ())]
        yield from _query_faults(request, parameters, document)
        yield from _header_faults(request, parameters)
        if "requestBody" in operation and request.headers.get("content-type", "").startswith("application/json"):
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            yield from _body_faults(request, schema, document)


def _resolved(document: Mapping[str, Any], node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        target: Any = document
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        node = target
    return node


def _query_faults(request: httpx.Request, parameters: list[Any], document: Mapping[str, Any]) -> Iterator[str]:
    declared = {p["name"]: p for p in parameters if p["in"] == "query"}
    # The specification forgets the version of the report among the parameters of one of the two reconciliation paths.
    declared.setdefault("reportVersion", {"schema": {"type": "string"}})
    if request.url.path.endswith("/latestReportDate"):
        declared.setdefault("advertiserId", {"schema": {"type": "string"}})
    for name, value in request.url.params.multi_items():
        if name not in declared:
            yield f"{request.url.path}: unknown parameter {name}"
        elif value not in [str(v) for v in _resolved(document, declared[name]["schema"]).get("enum") or [value]]:
            yield f"{request.url.path}: {name}={value} is none of the values allowed"
    for name, parameter in declared.items():
        if parameter.get("required") and name not in request.url.params:
            yield f"{request.url.path}: parameter {name} is missing"


def _header_faults(request: httpx.Request, parameters: list[Any]) -> Iterator[str]:
    for parameter in parameters:
        name = parameter["name"]
        # Basic credentials are documented on many operations, and the live service needs them on the token's alone.
        basic = name == "Authorization" and request.url.host != ADS_HOST
        asked = parameter["in"] == "header" and parameter.get("required") and not basic
        if asked and not request.headers.get(name):
            yield f"{request.url.path}: header {name} is missing"


def _body_faults(request: httpx.Request, schema: Any, document: Mapping[str, Any]) -> Iterator[str]:
    schema = dict(_resolved(document, schema))
    # The advertising specification requires a date and a range of dates, and says that both together are an error.
    schema["required"] = [n for n in schema.get("required", ()) if n not in ("reportDate", "startDate", "endDate")]
    for error in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(request.content)):
        yield f"{request.url.path}: {error.message}"


@cache
def specification(folder: Path) -> Specification:
    return Specification(folder)
