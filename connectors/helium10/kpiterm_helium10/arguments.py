"""Checks a tool's arguments against the JSON schema that the server itself gives for them.

Covers what such schemas use: types, required and closed properties, choices, bounds, lengths, patterns, lists,
alternatives and local references. Other keywords describe rather than bound, and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "null": lambda v: v is None,
    "boolean": lambda v: isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "string": lambda v: isinstance(v, str),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
}
_DEEPEST = 16


def faults(value: Any, schema: Schema, *, root: Schema | None = None, at: str = "", depth: int = 0) -> list[str]:  # noqa: ANN401 - any JSON
    """What is wrong with `value`, each as a phrase that names the argument; empty where nothing is."""
    root = schema if root is None else root
    if depth > _DEEPEST:
        return [f"{at or 'arguments'}: the schema refers to itself too deeply to be checked"]
    found = [f"{at or 'arguments'} {text}" for text in _own(value, schema)]
    for inner, part, where in _parts(value, schema, at):
        found += faults(inner, part, root=root, at=where, depth=depth + 1)
    if reference := schema.get("$ref"):
        found += faults(value, _resolve(str(reference), root), root=root, at=at, depth=depth + 1)
    for keyword in ("anyOf", "oneOf"):
        options = [faults(value, option, root=root, at=at, depth=depth + 1) for option in schema.get(keyword, ())]
        fitting = sum(not option for option in options)
        if options and (not fitting or (keyword == "oneOf" and fitting > 1)):
            found.append(f"{at or 'arguments'} fits {fitting} of the schema's {len(options)} alternatives")
    return found


def _parts(value: Any, schema: Schema, at: str) -> Iterator[tuple[Any, Schema, str]]:  # noqa: ANN401 - any JSON
    """The values inside, each with its schema and name."""
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        further = schema.get("additionalProperties")
        for name, inner in value.items():
            part = properties.get(name, further)
            if isinstance(part, dict):
                yield inner, part, f"{at}.{name}".lstrip(".")
    if isinstance(value, list) and isinstance(items := schema.get("items"), dict):
        yield from ((inner, items, f"{at}[{n}]") for n, inner in enumerate(value))
    yield from ((value, part, at) for part in schema.get("allOf", ()))


def _own(value: Any, schema: Schema) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """What is wrong with the value itself, whatever it holds."""
    types = schema.get("type", ())
    types = (types,) if isinstance(types, str) else types
    if types and not any(_TYPES.get(name, bool)(value) for name in types):
        yield f"is no {' or '.join(types)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"is {value!r}, not one of {', '.join(map(str, schema['enum'][:12]))}"
    if "const" in schema and value != schema["const"]:
        yield f"is not {schema['const']!r}"
    if isinstance(value, dict):
        yield from (f"lacks {name}" for name in schema.get("required", ()) if name not in value)
        if schema.get("additionalProperties") is False:
            yield from (f"may not hold {name}" for name in value if name not in schema.get("properties", {}))
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from _bounds(value, schema, ("minimum", "maximum"), "is")
    if isinstance(value, str):
        yield from _bounds(len(value), schema, ("minLength", "maxLength"), "has a length of")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"does not match {schema['pattern']}"
    if isinstance(value, list):
        yield from _bounds(len(value), schema, ("minItems", "maxItems"), "has this many items:")


def _bounds(number: float, schema: Schema, names: tuple[str, str], says: str) -> Iterator[str]:
    least, most = (schema.get(name) for name in names)
    if least is not None and number < least:
        yield f"{says} {number}, less than {least}"
    if most is not None and number > most:
        yield f"{says} {number}, more than {most}"


def _resolve(reference: str, root: Schema) -> Schema:
    """What a local reference such as `#/$defs/market` stands for; nothing is demanded where it leads nowhere."""
    found: Any = root
    for name in filter(None, reference.removeprefix("#").split("/")):
        found = found.get(name.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}
