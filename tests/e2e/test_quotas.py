"""With the vendors' real quotas, on a clock that runs fast, a day of syncs asks for no more than the vendors give.

What a sync needs at least is known from the vendors' side: each quota gives its burst at once and the rest at its rate,
and a report is ready when it is made. Reports are made side by side but for those of Amazon Ads, two at once. Asking
whether a report is ready is the client's own choice, so it does not count. Accounts are read side by side: the slowest
one tells. The machine works no faster on a fast clock: what the same sync takes with nothing to wait for is allowed on
top.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.paths import Paths
from kpiterm.sandbox import VENDORS

if TYPE_CHECKING:
    from kpiterm.sandbox import Sandbox
    from kpiterm.sandbox.limits import Taken
    from tests.e2e.conftest import Done, Home

pytestmark = pytest.mark.e2e

NOW = datetime(2026, 11, 18, 20, tzinfo=UTC)
SPEED, REPORT_SECONDS, DAYS = 20.0, 150.0, 5
POLLS = {"getReport", "getQuery", "advertising", "walmart:getRequestsStatus", "helium10:mt360"}
ADS_AT_ONCE = 2
WORTH = 1.25  # times the least that is possible


@dataclass(frozen=True)
class Synced:
    """A sync as it ended, the seconds that it took on the machine, and what it asked of the vendors."""

    done: Done
    seconds: float
    taken: Sequence[Taken]
    requests: Sequence[tuple[str, str, str, int]]

    def least(self) -> float:
        """Seconds of the vendors' time that the slowest account needs."""
        asked = Counter((t.client, t.operation) for t in self.taken if t.operation not in POLLS)
        plans = {(t.client, t.operation): t.plan for t in self.taken}
        quotas = [(count - plans[bucket].burst) / plans[bucket].rate for bucket, count in asked.items()]
        return max(0.0, *quotas, REPORT_SECONDS * self._in_a_row())

    def _in_a_row(self) -> int:
        """The longest chain of reports. The list of ASINs comes before their figures by day."""
        made = Counter(path for method, _, path, status in self.requests if method == "POST" and status < 300)
        queries = min(2, made["/dataKiosk/2023-11-15/queries"])
        single = int(made["/reports/2021-06-30/reports"] > 0)
        return max(math.ceil(made["/reporting/reports"] / ADS_AT_ONCE), queries, single)


def sync(home: Home, box: Sandbox) -> Synced:
    home.environment["KPITERM_CLOCK"] = box.clock.setting
    taken, requests, started = len(box.taken), len(box.requests), time.monotonic()
    done = home("sync", "--json")
    assert done.code == 0, done.out + done.err
    took = time.monotonic() - started
    return Synced(done, took, tuple(box.taken)[taken:], tuple(box.requests)[requests:])


def test_a_day_of_all_accounts_takes_hardly_longer_than_the_vendors_do(
    home: Home, open_box: Callable[..., Sandbox]
) -> None:
    shop: dict[str, Any] = {"vendors": tuple(VENDORS), "now": NOW, "days": DAYS, "speed": SPEED}
    box = open_box(**shop)
    home.connect(box, days=DAYS)
    sync(home, box)
    box.clock.move(timedelta(days=1))
    work, port = sync(home, box), int(box.url.rpartition(":")[2])
    box.stop()
    shutil.rmtree(home.paths.limits)  # what the unthrottled vendors have told
    shop["now"] = NOW + timedelta(days=2)
    box = open_box(**shop, port=port, throttle=True, report_seconds=REPORT_SECONDS)
    found = sync(home, box)
    least, allowed = found.least(), SPEED * work.seconds
    print(f"{SPEED * found.seconds:.0f} s, at least {least:.0f} s and {allowed:.0f} s of the machine's own")  # noqa: T201
    assert {account for account, _ in found.done.runs()} == {account.name for account in box.accounts}
    assert least >= 3 * REPORT_SECONDS, "all kinds of reports were waited for"
    assert SPEED * found.seconds <= WORTH * least + allowed
    box.clock.move(timedelta(hours=1))
    later = sync(home, box)
    assert {run["status"] for run in later.done.runs().values()} == {"ok", "skipped"}, "some streams are due each hour"
    for run in (*found.done.runs().values(), *later.done.runs().values()):
        assert run["throttled"] == 0, run
    assert box.throttled == {}


def test_two_first_syncs_of_one_credential_share_its_quota(
    home: Home, open_box: Callable[..., Sandbox], started: Callable[..., subprocess.Popen[str]]
) -> None:
    """Two workspaces, each with a process of its own, read 300 days of orders: more reports than come at once."""
    box = open_box(now=NOW, days=300, orders_per_day=1, throttle=True, report_seconds=5.0, speed=SPEED)
    for workspace in ("second", "default"):
        home.paths = Paths(home.path, workspace)
        home.connect(box, days=300)
    home.environment["KPITERM_CLOCK"] = box.clock.setting
    ask = ("sync", "--json", "--stream", "orders")
    processes = [started(*ask), started("--workspace", "second", *ask)]
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, out + err
        (run,) = json.loads(out)["runs"]
        assert run["throttled"] == 0, box.throttled
    reports = [taken for taken in box.taken if taken.operation == "createReport"]
    assert len(reports) > reports[0].plan.burst, "they had to wait for each other"
    assert box.throttled == {}
    orders = "SELECT count(DISTINCT order_id) FROM order_line"
    assert home.rows(orders) == home.rows(orders, "--workspace", "second") != [[0]]
