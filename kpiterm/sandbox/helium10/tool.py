"""A tool as the MCP server offers it: a name, a schema for its arguments, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping

DATE = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "description": "YYYY-MM-DD"}
TEXTS = {"type": "array", "items": {"type": "string"}}
_KINDS: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "array": list, "object": dict}


class Call(NamedTuple):
    """The arguments of a call, and what the session remembers between calls."""

    arguments: Mapping[str, Any]
    memory: MutableMapping[str, Any]


class ToolError(Exception):
    """What a tool says when it cannot answer; sent as a result with `isError`."""


@dataclass(frozen=True)
class Tool:
    """A tool; `handler` gives its answer as a JSON value, or as a text."""

    name: str
    description: str
    properties: Mapping[str, Any]
    required: tuple[str, ...]
    handler: Callable[[Call], Any] = field(repr=False)

    @property
    def schema(self) -> dict[str, Any]:
        session = {"session_id": {"type": "string", "description": "echo the value of [gateway-meta]"}}
        return {
            "type": "object",
            "properties": {**self.properties, **session},
            "required": list(self.required),
            "additionalProperties": False,
        }

    def faults(self, arguments: Mapping[str, Any]) -> Iterator[str]:
        """What the server would refuse in these arguments."""
        properties = self.schema["properties"]
        yield from (f"'{name}' is a required property" for name in self.required if name not in arguments)
        for name, value in arguments.items():
            if name not in properties:
                yield f"Additional properties are not allowed ('{name}' was unexpected)"
            elif not isinstance(value, _KINDS[properties[name]["type"]]):
                yield f"{value!r} is not of type '{properties[name]['type']}' ({name})"
            else:
                yield from _choices(name, value, properties[name])


def _choices(name: str, value: Any, schema: Mapping[str, Any]) -> Iterator[str]:  # noqa: ANN401 - any JSON
    allowed = schema.get("enum") or schema.get("items", {}).get("enum")
    if allowed:
        wrong = [one for one in (value if isinstance(value, list) else [value]) if one not in allowed]
        yield from (f"{one!r} is not one of {allowed} ({name})" for one in wrong)
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{value} is out of range ({name})"
