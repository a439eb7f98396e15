"""What the API keys may do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from kpiterm.plugins import Payload, Row, Window
from kpiterm_walmart import access

if TYPE_CHECKING:
    from conftest import Host

SCOPES = {"orders": "full_access", "reports": "view_only", "feeds": "no_access", "new": "some_access"}


def answer(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"is_valid": True, "expire_at": "1795000000000", "scopes": SCOPES})


def test_each_scope_that_the_keys_have_is_a_grant(host: Host) -> None:
    ctx = host.context(answer)
    items = list(access.fetch(ctx, Window(ctx.now - timedelta(days=1), ctx.now)))
    assert isinstance(items[0], Payload)
    rows = [item.values for item in items if isinstance(item, Row)]
    assert {row["principal"] for row in rows} == {ctx.settings["client_id"]}
    assert [(row["role"], row["level"]) for row in rows] == [("new", None), ("orders", "edit"), ("reports", "view")]
    assert not any("expires_at" in row for row in rows), "the token's own quarter of an hour is not the grant's end"
