from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import httpx
import pytest

from kpiterm.sandbox import VENDORS, Sandbox, faults
from kpiterm.sandbox.faults import Faults, Storms, read_rates

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)


def test_every_kind_of_fault_reaches_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "SLOW_SECONDS", 0.0)
    seen = Counter[str]()
    with Sandbox(faults=1.0) as sandbox, httpx.Client(base_url=sandbox.url, headers={"Host": "api.amazon.com"}) as http:
        for _ in range(40):
            try:
                seen[str(http.post("/auth/o2/token", data={}).status_code)] += 1
            except httpx.TransportError as error:
                seen["truncated" if "complete message" in str(error) else "reset"] += 1
        struck = sandbox.faults.struck
    assert set(seen) == {"500", "503", "400", "reset", "truncated"}  # a slow answer is the true one: 400
    assert {kind: struck[kind] for kind in ("500", "503", "truncated")} == {
        kind: seen[kind] for kind in ("500", "503", "truncated")
    }


def test_faults_follow_the_seed_and_the_probability() -> None:
    one, again = Faults(0.3, 7), Faults(0.3, 7)
    drawn = [one.draw() for _ in range(400)]
    assert drawn == [again.draw() for _ in range(400)]
    assert 80 < sum(map(bool, drawn)) < 160
    assert not any(Faults(0.0, 7).draw() for _ in range(50))


def test_each_kind_has_its_own_rate_and_each_host_its_own_sequence() -> None:
    mixed = Faults({"500": 0.2, "reset": 0.1, "storm": 1.0}, 7)
    drawn = Counter(mixed.draw("one") for _ in range(2000))
    assert set(drawn) == {"", "500", "reset"}
    assert 300 < drawn["500"] < 500
    assert 130 < drawn["reset"] < 270
    alone = Faults({"500": 0.2, "reset": 0.1}, 7)
    beside = Faults({"500": 0.2, "reset": 0.1}, 7)
    for _ in range(50):
        beside.draw("two")
    assert [alone.draw("one") for _ in range(100)] == [beside.draw("one") for _ in range(100)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (5, "from 0 to 1"),
        ({"reset": -0.1}, "from 0 to 1"),
        ({"500": 0.6, "503": 0.6}, "from 0 to 1"),
        ({"x": 0}, "no kind"),
    ],
)
def test_what_is_no_probability_or_no_kind_is_refused(given: float | dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Sandbox(faults=given)


def test_rates_as_they_are_typed() -> None:
    assert read_rates("0.05") == 0.05
    assert read_rates("500=0.05, storm=0.01") == {"500": 0.05, "storm": 0.01}
    with pytest.raises(ValueError, match="by kind"):
        read_rates("many")


def test_only_the_first_report_of_a_kind_fails() -> None:
    failing = Faults({"failed": 1.0})
    assert [failing.fails_first(name) for name in ("a", "a", "b", "a", "b")] == [True, False, True, False, False]


def test_a_page_is_never_repeated_whole_so_that_lists_end() -> None:
    always = Faults({"duplicate": 1.0})
    assert {always.overlap(4, "list") for _ in range(200)} == {1, 2, 3}
    assert always.overlap(1, "list") == 0
    assert Faults().overlap(4, "list") == 0


def test_a_storm_lasts_for_a_while_on_the_hosts_that_it_struck() -> None:
    now = 1000.0
    storms = Storms(Faults({"storm": 1.0}), lambda: now)
    assert storms.left("one") == faults.STORM_SECONDS
    now += 5
    assert storms.left("one") == faults.STORM_SECONDS - 5
    assert storms._until.keys() == {"one"}


def test_every_vendor_says_in_its_own_way_that_a_storm_rages() -> None:
    told: dict[str, object] = {}
    with Sandbox(vendors=tuple(VENDORS), faults={"storm": 1.0}, now=NOW, days=2) as sandbox:
        for host in ("sellingpartnerapi-na.amazon.com", "advertising-api.amazon.com", "marketplace.walmartapis.com",
                     "developer.api.walmart.com", "mcp.helium10.com", "mt360.helium10.com",
                     "developer.junglescout.com"):  # fmt: skip
            answer = httpx.get(f"{sandbox.url}/anything", headers={"Host": host})
            assert answer.status_code == 429, host
            told[host] = answer.headers.get("retry-after") or answer.headers.get("x-next-replenishment-time")
        shop = next(host for host in sandbox.hosts if host.endswith(".myshopify.com"))
        throttled = httpx.post(f"{sandbox.url}/admin/api/2026-10/graphql.json", headers={"Host": shop}).json()
    assert throttled["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert throttled["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 0
    until = told.pop("marketplace.walmartapis.com")
    assert 0 < int(str(until)) / 1000 - NOW.timestamp() <= faults.STORM_SECONDS + 60
    silent = {"sellingpartnerapi-na.amazon.com", "developer.api.walmart.com"}
    assert {host for host, seconds in told.items() if seconds is None} == silent
    assert {seconds for seconds in told.values() if seconds} <= {"20", "21"}


def test_a_token_ends_before_its_time_but_not_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(faults={"expired": 1.0}, now=NOW, days=2) as sandbox:
        account = sandbox.accounts[0]
        form = {
            "grant_type": "refresh_token",
            "client_id": account.settings["client_id"],
            "client_secret": account.secrets["client_secret"],
            "refresh_token": account.secrets["refresh_token"],
        }
        with httpx.Client(base_url=sandbox.url) as http:
            granted = http.post("/auth/o2/token", data=form, headers={"Host": "api.amazon.com"}).json()
            assert granted["expires_in"] == 3600
            headers = {"Host": "sellingpartnerapi-na.amazon.com", "x-amz-access-token": granted["access_token"]}
            path = "/sellers/v1/marketplaceParticipations"
            assert http.get(path, headers=headers).status_code == 200
            monkeypatch.setattr("kpiterm.sandbox.vendor.YOUNG_SECONDS", -1.0)
            refused = [http.get(path, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in refused] == [403, 403]
    assert "expired" in json.dumps(refused[0].json())
