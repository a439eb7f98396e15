from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.sandbox.shopify.language import EnumValue, Field, QuerySyntaxError, Spread, Variable, parse


def only_field(text: str) -> Field:
    selected = parse(text).operations[0].selections[0]
    assert isinstance(selected, Field)
    return selected


def test_a_document_is_read_with_all_its_parts() -> None:
    document = parse("""#graphql
        query Q($n: Int! = 5, $names: [String!]!) {
          mine: orders(first: $n, sortKey: UPDATED_AT, query: "a:'b\\u0041\\n'") @include(if: true) {
            ...F ... on X { id }
          }
        }
        fragment F on OrderConnection { nodes { id } }
    """)
    operation = document.operations[0]
    assert (operation.kind, operation.name) == ("query", "Q")
    assert [(v.name, str(v.type), v.default) for v in operation.variables] == [
        ("n", "Int!", 5),
        ("names", "[String!]!", None),
    ]
    orders = operation.selections[0]
    assert isinstance(orders, Field)
    assert (orders.alias, orders.name) == ("mine", "orders")
    assert orders.arguments == {"first": Variable("n"), "sortKey": "UPDATED_AT", "query": "a:'bA\n'"}
    assert isinstance(orders.arguments["sortKey"], EnumValue)
    assert [s.fragment or s.on for s in orders.selections or () if isinstance(s, Spread)] == ["F", "X"]
    assert list(document.fragments) == ["F"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("null", None),
        ("-12", -12),
        ("1.5e3", 1500.0),
        ('"""block "quoted" text"""', 'block "quoted" text'),
        ("[1, 2]", [1, 2]),
        ('{a: [X], b: "c"}', {"a": ["X"], "b": "c"}),
    ],
)
def test_values_are_read_as_they_are_written(text: str, value: object) -> None:
    assert only_field(f"{{ a(x: {text}) }}").arguments == {"x": value}


@given(st.text(st.characters(codec="utf-8", exclude_characters='"\\\n\r'), max_size=40))
def test_plain_strings_come_back_whole(text: str) -> None:
    assert only_field(f'{{ a(x: "{text}") }}').arguments == {"x": text}


@given(st.text(alphabet='{}()[]:$@!=.,"ab1 \n#-', max_size=40))
def test_any_text_is_a_document_or_refused_as_none(text: str) -> None:
    with contextlib.suppress(QuerySyntaxError):
        assert parse(text).operations or parse(text).fragments


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "syntax error, unexpected end of file"),
        ("{ a {", "syntax error, unexpected end of file"),
        ("{\n a { } }", 'syntax error, unexpected RCURLY ("}") at [2, 6]'),
        ("{ a(x: ) }", 'syntax error, unexpected RPAREN (")") at [1, 8]'),
        ("{ a ? }", "syntax error, unexpected character '?' at [1, 5]"),
    ],
)
def test_what_is_no_document_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(QuerySyntaxError) as refused:
        parse(text)
    assert str(refused.value) == message
