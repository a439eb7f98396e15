from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpiterm.analysis.kpi.fragment import FragmentError, parse_fragment
from kpiterm.plugins import facts

COLUMNS = {
    "item_price": facts.MONEY, "status": facts.TEXT, "quantity": facts.COUNT, "needs_reply": facts.FLAG,
    "ordered_at": facts.MOMENT, "day": facts.DAY,
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("item_price", "item_price"),
        ("- - -1", "-(-(-1))"),
        ("item_price*quantity - 2.50", "item_price * quantity - 2.50"),
        ("CASE WHEN status = 'it''s' THEN 1 ELSE 0 END", "CASE WHEN status = 'it''s' THEN 1 ELSE 0 END"),
        ("-(item_price + 1) * 2", "-(item_price + 1) * 2"),
        ("coalesce(item_price, 0)", "coalesce(item_price, 0)"),
    ],
)
def test_expressions(text: str, sql: str) -> None:
    assert parse_fragment(text, COLUMNS).sql == sql


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("status<>'cancelled' and not needs_reply", "status <> 'cancelled' AND NOT needs_reply"),
        ("status in ('a', 'b') or quantity between 1 and 3", "status IN ('a', 'b') OR quantity BETWEEN 1 AND 3"),
        ("status is not null and quantity not in (1)", "status IS NOT NULL AND quantity NOT IN (1)"),
        ("(status = 'a' or status = 'b') and quantity > 0", "(status = 'a' OR status = 'b') AND quantity > 0"),
    ],
)
def test_conditions(text: str, sql: str) -> None:
    assert parse_fragment(text, COLUMNS, condition=True).sql == sql


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("item_prise", "did you mean 'item_price'?"),
        ("item_price / quantity", "denominator"),
        ("item_price; DROP TABLE run", "operator"),
        ("(SELECT 1)", "known:"),
        ("read_csv('x')", "known:"),
        ("item_price +", "column"),
        ("(item_price", "')'"),
        ("item_price -- quantity /* x", "denominator"),
        ("'open", "single quotes"),
        ("", "column"),
        ('"item_price"', "column"),
        ("CASE item_price END", "WHEN"),
        ("status", "an amount or a number"),
        ("status = 'a'", "an amount or a number"),
        ("item_price + status", "a number is needed"),
        ("coalesce(item_price, 'none')", "a number is needed"),
        ("CASE WHEN quantity THEN 1 END", "a flag is needed"),
        ("CASE WHEN status = 1 THEN 1 END", "a text is needed"),
        ("seconds_between(ordered_at)", "give it 2"),
        ("NULL", "an amount or a number"),
    ],
)
def test_anything_else_is_refused_with_a_remedy(text: str, remedy: str) -> None:
    with pytest.raises(FragmentError) as caught:
        parse_fragment(text, COLUMNS)
    assert remedy in caught.value.remedy


words = st.sampled_from(
    [*COLUMNS, "and", "or", "not", "(", ")", "+", "-", "*", "/", "=", "<", "1", "2.5", "'x'", ",", ";", "is", "null",
     "case", "when", "then", "else", "end", "in", "between", "coalesce", "select", "from", "--", "/*", "$1", "."]
)  # fmt: skip
numbers: st.SearchStrategy[str] = st.deferred(
    lambda: (
        st.sampled_from(["item_price", "quantity", "1", "2.5"])
        | st.builds("{} {} {}".format, numbers, st.sampled_from("+-*"), numbers)
        | st.builds("-{}".format, numbers)
        | st.builds("({})".format, numbers)
        | st.builds("coalesce({}, {})".format, numbers, numbers)
        | st.builds("CASE WHEN {} THEN {} ELSE {} END".format, flags, numbers, st.just("NULL") | numbers)
        | st.just("seconds_between(day, coalesce(ordered_at, as_of))")
    )
)
flags: st.SearchStrategy[str] = st.deferred(
    lambda: (
        st.sampled_from(["needs_reply", "status IN ('a', 'b')", "status IS NOT NULL", "TRUE", "day < ordered_at"])
        | st.builds("{} {} {}".format, numbers, st.sampled_from(["=", "<>", "<="]), numbers)
        | st.builds("{} BETWEEN {} AND {}".format, numbers, numbers, numbers)
        | st.builds("NOT ({})".format, flags)
        | st.builds("{} AND {}".format, flags, flags)
    )
)


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        columns = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
        connection.execute(f"CREATE TABLE line ({columns})")
        yield connection


def planned(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Let the database plan it over the columns, which checks syntax and types; too many digits are no fault."""
    try:
        connection.execute(f"EXPLAIN SELECT {sql} FROM line".replace("{as_of}", "TIMESTAMP '2026-11-22 20:00:00'"))
    except duckdb.OutOfRangeException:
        assume(False)


@given(text=st.lists(words, max_size=12).map(" ".join), condition=st.booleans())
def test_whatever_is_accepted_means_something_to_the_database(
    database: duckdb.DuckDBPyConnection, text: str, condition: bool
) -> None:
    try:
        sql = parse_fragment(text, COLUMNS, condition=condition).sql
    except FragmentError:
        return
    planned(database, f"count(*) FILTER (WHERE {sql})" if condition else f"sum({sql})")


@settings(deadline=None, max_examples=60)
@given(text=numbers)
def test_every_expression_of_the_grammar_is_read(database: duckdb.DuckDBPyConnection, text: str) -> None:
    planned(database, f"sum({parse_fragment(text, COLUMNS).sql})")


@settings(deadline=None, max_examples=60)
@given(text=flags)
def test_every_condition_of_the_grammar_is_read(database: duckdb.DuckDBPyConnection, text: str) -> None:
    planned(database, f"count(*) FILTER (WHERE {parse_fragment(text, COLUMNS, condition=True).sql})")
