"""What is left of a vendor's quotas is told by account, and nothing of a credential is written down."""

from __future__ import annotations

from pathlib import Path

from kpiterm.paths import Paths
from kpiterm.plugins import Connector
from kpiterm.plugins.limits import Limiter, scope_of
from kpiterm.plugins.model import Marketplace, Rate
from kpiterm.sync import quotas

RATES = (
    Rate(operation="createReport", match="POST /reports", per_second=0.0167, burst=15),
    Rate(operation="getReport", match="GET /reports/*", per_second=2, burst=15),
)
AMAZON = Connector(
    name="amazon", title="Amazon", hosts=("api.example",), streams=(), rates=RATES,
    marketplace=lambda _: Marketplace(channel="amazon.com", timezone="UTC", currency="USD"),
)  # fmt: skip
SECRETS = {"refresh_token": "Atzr|hunter2"}


def test_what_was_used_is_missing_and_what_never_was_is_not_told(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    assert quotas.left(paths) == {}
    quotas.note(paths, "us-main", AMAZON, None, SECRETS)
    assert quotas.left(paths) == {"us-main": ()}
    limiter = Limiter(paths.limits, scope_of("amazon", None, SECRETS), RATES, sleep=lambda _: None)
    for _ in range(15):
        limiter.acquire("POST", "/reports")
    ((report,),) = quotas.left(paths).values()
    assert (report.operation, report.left, report.burst) == ("createReport", 0, 15)
    assert 50 < report.wait <= 60
    assert all("hunter2" not in file.read_text() for file in paths.store.iterdir())


def test_accounts_of_one_credential_share_a_quota(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    for account in ("us", "ca"):
        quotas.note(paths, account, AMAZON, None, SECRETS)
    Limiter(paths.limits, scope_of("amazon", None, SECRETS), RATES, sleep=lambda _: None).acquire("GET", "/reports/1")
    found = quotas.left(paths)
    assert found["us"] == found["ca"] != ()


def test_a_damaged_note_is_written_anew(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.store.mkdir(parents=True)
    (paths.store / "quotas.json").write_text("{")
    assert quotas.left(paths) == {}
    quotas.note(paths, "us", AMAZON, None, SECRETS)
    assert quotas.left(paths) == {"us": ()}
