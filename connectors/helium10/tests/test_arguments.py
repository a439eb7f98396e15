"""The schema check against the reference implementation, on schemas such as tools have."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm_helium10.arguments import faults

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "asin": {"type": "string", "pattern": "^B0", "minLength": 3, "maxLength": 5},
        "day": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
        "ratio": {"type": ["number", "null"]},
        "level": {"enum": ["sku", "asin"]},
        "kind": {"const": "day"},
        "places": {"type": "array", "items": {"$ref": "#/$defs/place"}, "minItems": 1, "maxItems": 2},
        "one": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]},
        "all": {"allOf": [{"type": "string"}, {"maxLength": 2}]},
        "more": {"type": "object", "additionalProperties": {"type": "boolean"}},
    },
    "required": ["asin"],
    "additionalProperties": False,
    "$defs": {"place": {"type": "string", "enum": ["US", "UK"]}},
}
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 10), st.sampled_from([0.5, 6.5]),
    st.sampled_from(["B01", "B0", "B01234", "sku", "asin", "day", "US", "UK", "XX", ""]),
)  # fmt: skip
VALUES = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), LEAVES, max_size=2)
NAMES = st.sampled_from([*SCHEMA["properties"], "unknown"])


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_it_refuses_what_the_reference_implementation_refuses(arguments: dict[str, Any]) -> None:
    assert bool(faults(arguments, SCHEMA)) == (not jsonschema.Draft202012Validator(SCHEMA).is_valid(arguments))


def test_a_fault_names_its_argument() -> None:
    assert faults({"asin": "B01", "places": ["US", "XX"]}, SCHEMA) == ["places[1] is 'XX', not one of US, UK"]


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"$ref": "#/nowhere"}])
def test_a_schema_that_demands_nothing_refuses_nothing(schema: dict[str, Any]) -> None:
    assert faults({"any": 1}, schema) == []


def test_a_schema_that_refers_to_itself_ends() -> None:
    schema = {"properties": {"a": {"$ref": "#"}}, "allOf": [{"$ref": "#"}]}
    assert "too deeply" in faults({"a": {}}, schema)[0]
