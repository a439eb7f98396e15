"""With the vendors' real quotas, syncs that follow each other at once ask for no more than the vendors give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kpiterm.sandbox import Sandbox
    from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

STREAMS = ("orders", "inventory", "orders", "inventory")
"""Those that every channel has and whose quotas a test can wait for: others have one request a minute."""


def test_no_vendor_refuses_anything(home: Home, open_box: Callable[..., Sandbox]) -> None:
    box = open_box(vendors=("amazon", "walmart", "shopify"), throttle=True, days=5, orders_per_day=60)
    home.connect(box, days=5)
    for name in STREAMS:
        done = home("sync", "--force", "--stream", name, "--json")
        assert done.code == 0, done.out + done.err
        assert {account for account, _ in done.runs()} == {account.name for account in box.accounts}
        assert {run["throttled"] for run in done.runs().values()} == {0}
    assert box.throttled == {}
