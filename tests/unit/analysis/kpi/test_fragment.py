from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.kpi.fragment import FragmentError, parse_fragment

COLUMNS = ("item_price", "status", "quantity", "needs_reply")


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


@given(st.lists(words, max_size=12).map(" ".join), st.booleans())
def test_what_is_accepted_is_one_expression_to_the_database_too(text: str, condition: bool) -> None:
    try:
        sql = parse_fragment(text, COLUMNS, condition=condition).sql
    except FragmentError:
        return
    statements = duckdb.extract_statements(f"SELECT {sql} FROM order_line")
    assert [s.type for s in statements] == [duckdb.StatementType.SELECT]
    assert parse_fragment(sql, COLUMNS, condition=condition).sql == sql
