"""What the store holds after any sequence of batches, against a plain model of live rows and history."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.plugins import DataError, Output
from kpiterm.store.write import Batch, merge

if TYPE_CHECKING:
    from tests.unit.store.conftest import Workspace

DAYS = [date(2026, 11, n) for n in range(1, 6)]
ORDER = ("order_id", "line_key", "updated_at", "quantity", "item_price")
AD = ("day", "campaign_id", "clicks", "spend")


def stored(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of November 2026 as the store holds it: UTC, without a zone."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


START = stored(1)
Row = tuple[Any, ...]


class Given(NamedTuple):
    """A batch: rows with the number of the body that each came in; days for window streams."""

    account: str
    source: str
    rows: list[tuple[int, Row]]
    days: tuple[date, ...] = ()


def versions() -> st.SearchStrategy[datetime | None]:
    return st.sampled_from([None, *(START + timedelta(hours=n) for n in range(3))])


def order_rows() -> st.SearchStrategy[Row]:
    money = st.sampled_from([None, Decimal("1.0000"), Decimal("2.5000")])
    keys = st.sampled_from(["A", "B", None]), st.sampled_from(["1", "2", None])
    return st.tuples(*keys, versions(), st.sampled_from([None, 1]), money)


def ad_rows() -> st.SearchStrategy[Row]:
    money = st.sampled_from([None, Decimal("0.0000"), Decimal("0.1234")])
    return st.tuples(st.sampled_from([*DAYS, None]), st.sampled_from(["c", None]), st.sampled_from([None, 3]), money)


def batches(rows: st.SearchStrategy[Row], days: st.SearchStrategy[tuple[date, ...]]) -> st.SearchStrategy[list[Given]]:
    bodies = st.lists(st.tuples(st.integers(1, 3), rows), max_size=7)
    one = st.builds(Given, st.sampled_from(["us", "jp"]), st.sampled_from(["api", "report"]), bodies, days)
    return st.lists(one, min_size=1, max_size=4)


def spans() -> st.SearchStrategy[tuple[date, ...]]:
    bounds = st.tuples(st.integers(0, 4), st.integers(0, 4))
    return bounds.map(lambda b: tuple(DAYS[min(b) : max(b) + 1]))


def newest(moments: Sequence[datetime | None]) -> datetime | None:
    return max((m for m in moments if m), default=None)


def later(one: datetime | None, other: datetime | None) -> bool:
    return bool(one and other and one > other)


class Model:
    """Live rows of (account, source, content), every version that ever was, and the state after each batch."""

    def __init__(self) -> None:
        self.live: Counter[tuple[str, str, Row]] = Counter()
        self.ever: Counter[tuple[str, str, Row]] = Counter()

    def keyed(self, batch: Given, width: int) -> tuple[int, int]:
        """Rows replace all that share their first `width` columns, unless the store knows a later version."""
        found: dict[Row, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for body, row in batch.rows:
            found[row[:width]][body].append(row)
        kept = []
        for key, bodies in found.items():
            best = max(bodies, key=lambda b: (newest([r[2] for r in bodies[b]]) or START - timedelta(1), b))
            known = [(s, r) for a, s, r in self.live if a == batch.account and r[:width] == key]
            new, old = newest([r[2] for r in bodies[best]]), newest([r[2] for _, r in known])
            foreign = new is not None and new == old and min((s for s, _ in known), default=batch.source) < batch.source
            if not later(old, new) and not foreign:
                kept += bodies[best]
        keys = {row[:width] for row in kept}
        return self._swap(batch, kept, lambda s, r: r[:width] in keys)

    def window(self, batch: Given) -> tuple[int, int]:
        """Rows of the window's days replace those of the same source."""
        last: dict[Row, int] = {}
        for body, row in batch.rows:
            last[row[:2]] = max(last.get(row[:2], 0), body)
        kept = [row for body, row in batch.rows if body == last[row[:2]] and row[0] in batch.days]
        return self._swap(batch, kept, lambda s, r: s == batch.source and r[0] in batch.days)

    def _swap(self, batch: Given, kept: list[Row], scope: Callable[[str, Row], bool]) -> tuple[int, int]:
        given_ = Counter((batch.account, batch.source, row) for row in kept)
        there = Counter({k: n for k, n in self.live.items() if k[0] == batch.account and scope(k[1], k[2])})
        gone, new = there - given_, given_ - there
        self.live = self.live - gone + new
        self.ever += new
        return new.total(), gone.total()


def replay(workspace: Workspace, table: str, columns: Sequence[str], history: list[Given], model: Model) -> None:
    """Load every batch, and each a second time, against the model; then ask for the past."""
    workspace.clear(table)
    past: list[tuple[datetime, Counter[Any]]] = []
    for number, batch in enumerate(history):
        keyed = columns is ORDER
        added, superseded = model.keyed(batch, 1) if keyed else model.window(batch)
        rows = [dict(zip(columns, row, strict=True)) | {"_payload": body} for body, row in batch.rows]
        replaces = ["order_id"] if keyed else ["window:day"]
        at = START + timedelta(days=number + 1)
        how = {"account": batch.account, "source": batch.source, "days": batch.days, "loaded_at": at}
        merged = workspace.merge(table, replaces, rows, **how)
        assert (merged.rows, merged.added, merged.superseded) == (len(rows), added, superseded)
        again = workspace.merge(table, replaces, rows, **how | {"loaded_at": at + timedelta(hours=1), "run_id": "2"})
        assert (again.added, again.superseded) == (0, 0)
        past.append((at, model.live.copy()))
    workspace.writer.publish()
    content = f"account, source, {', '.join(columns)}"
    assert (
        versions_of(workspace, content, f"FROM snap.{table} SELECT", f"FROM snap.{table}_history SELECT") == model.ever
    )
    for at, live in [(START, Counter()), *past]:
        assert versions_of(workspace, content, f"FROM {table} SELECT", as_of=at) == live


def versions_of(workspace: Workspace, content: str, *sources: str, as_of: datetime | None = None) -> Counter[Any]:
    rows = workspace.read(" UNION ALL ".join(f"{source} {content}" for source in sources), as_of=as_of)
    return Counter((a, s, tuple(row)) for a, s, *row in rows)


@settings(max_examples=25)
@given(batches(order_rows(), st.just(())))
def test_orders_are_replaced_whole_and_never_by_an_older_version(lasting: Workspace, history: list[Given]) -> None:
    replay(lasting, "order_line", ORDER, history, Model())


@settings(max_examples=25)
@given(batches(ad_rows(), spans()))
def test_a_window_of_days_is_replaced_also_by_nothing(lasting: Workspace, history: list[Given]) -> None:
    replay(lasting, "ad_day", AD, history, Model())


def line(order: str, **values: Any) -> dict[str, Any]:
    return {"order_id": order, "line_key": "1", "updated_at": START} | values


def test_true_doubles_stay_as_many_as_the_source_holds(workspace: Workspace) -> None:
    one = line("A", quantity=1)
    workspace.merge("order_line", ["order_id"], [one, one, one])
    merged = workspace.merge("order_line", ["order_id"], [one, one], loaded_at=stored(3))
    assert (merged.added, merged.superseded) == (0, 1)
    assert workspace.writer.con.execute("SELECT count(*) FROM order_line").fetchall() == [(2,)]


def test_an_order_whose_lines_changed_at_different_moments_is_kept_whole(workspace: Workspace) -> None:
    """In two overlapping bodies, the one that knows the order's latest change gives all of its lines."""
    early, late = START, START + timedelta(hours=1)
    rows = [
        line("A", line_key="1", updated_at=early, _payload=2),
        line("A", line_key="2", updated_at=late, _payload=2),
        line("A", line_key="1", updated_at=early, _payload=1),
    ]
    assert workspace.merge("order_line", ["order_id"], rows).added == 2


def test_rows_of_two_channels_are_no_doubles_of_each_other(workspace: Workspace) -> None:
    rows = [
        {"day": DAYS[0], "level": "sku", "sku": "a", "channel": channel, "_payload": body}
        for body, channel in enumerate(("amazon.com", "amazon.ca"), 1)
    ]
    assert workspace.merge("traffic_day", ["window:day"], rows, days=DAYS[:1]).added == 2


def test_a_row_without_a_channel_belongs_to_the_accounts_own(workspace: Workspace) -> None:
    workspace.merge("order_line", ["order_id"], [line("A"), line("B", channel="amazon.ca")], channel="amazon.com")
    found = workspace.writer.con.execute("SELECT order_id, channel FROM order_line ORDER BY 1").fetchall()
    assert found == [("A", "amazon.com"), ("B", "amazon.ca")]


def test_rows_point_to_the_body_that_they_were_read_from(workspace: Workspace) -> None:
    workspace.merge("order_line", ["order_id"], [line("A", _payload=2), line("B", _payload=3)], run_id="it's")
    found = workspace.writer.con.execute("SELECT order_id, payload, run_id FROM order_line ORDER BY 1").fetchall()
    assert found == [("A", "sha-2", "it's"), ("B", "sha-3", "it's")]


def test_an_old_version_says_when_and_by_which_run_it_was_superseded(workspace: Workspace) -> None:
    workspace.merge("order_line", ["order_id"], [line("A", quantity=1)])
    then = stored(3, 8)
    workspace.merge("order_line", ["order_id"], [line("A", quantity=2)], run_id="run-2", loaded_at=then)
    found = workspace.writer.con.execute(
        "SELECT quantity, run_id, loaded_at, superseded_at, superseded_by FROM order_line_history"
    ).fetchall()
    assert found == [(1, "run-1", stored(2), then, "run-2")]


def test_days_and_currencies_of_the_rows_are_told(workspace: Workspace) -> None:
    rows = [line("A", business_day=DAYS[2], currency="USD"), line("B", business_day=DAYS[1], currency="CAD"), line("C")]
    merged = workspace.merge("order_line", ["order_id"], rows)
    assert (merged.first, merged.last, merged.currencies) == (DAYS[1], DAYS[2], ("CAD", "USD"))


def test_a_select_with_a_column_that_the_table_lacks_is_refused(workspace: Workspace) -> None:
    con = workspace.writer.con
    con.execute("CREATE TEMP TABLE payloads (seq INTEGER, sha256 VARCHAR)")
    output = Output(into="order_line", select="SELECT 'A' AS order_id, 'x' AS buyer_email", replaces=("order_id",))
    batch = Batch(account="us", channel="amazon.com", source="s", run_id="r", loaded_at=START)
    with pytest.raises(DataError, match="unknown column 'buyer_email'"):
        merge(con, output, batch)


def test_a_window_stream_without_days_is_refused(workspace: Workspace) -> None:
    with pytest.raises(DataError, match="window of business days"):
        workspace.merge("ad_day", ["window:day"], [{"day": DAYS[0]}])
