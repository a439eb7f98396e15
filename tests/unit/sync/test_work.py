"""Before anything is fetched: what an account is asked for, and what is said where it cannot be asked at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kpiterm.config import Account
from kpiterm.errors import CredentialError, KpitermError, PluginMissingError
from kpiterm.plugins import Connector, Marketplace, Secret, Setting, SettingError, Stream
from kpiterm.plugins.manager import Plugins, PluginStatus
from kpiterm.secrets import SecretStore
from kpiterm.sync.plan import Ask, Progress
from kpiterm.sync.work import Planner, find_connector, marketplace_of, read_secrets, unreadable

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
US = Marketplace(channel="amazon.com", timezone="America/Los_Angeles", currency="USD")


def stream(name: str, *needs: str) -> Stream:
    return Stream(name=name, title="", fetch=lambda _ctx, _window: iter(()), needs=needs, every=timedelta(hours=2))


SHOP = Connector(
    name="shop",
    title="Shop",
    hosts=(),
    marketplace=lambda _: US,
    streams=(stream("orders"), stream("ads", "ads_token")),
    settings=(Setting(name="region", help="where", choices=("na", "eu"), default="na"),
              Setting(name="seller", help="its id", required=True)),
    secrets=(Secret(name="token", help="the token"), Secret(name="ads_token", help="for ads", required=False)),
)  # fmt: skip
ACCOUNT = Account(name="one", connector="shop", settings={"seller": "A1"})


def plugins(*statuses: PluginStatus) -> Plugins:
    return Plugins(statuses=statuses, connectors={"shop": SHOP}, importers=(), kpi_files=())


def planner(progress: dict[tuple[str, str], Progress] | None = None, **changes: object) -> Planner:
    values: dict[str, object] = {
        "plugins": plugins(), "secrets": SecretStore("default"), "progress": progress or {}, "ask": Ask(), "now": NOW,
    }  # fmt: skip
    return Planner(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    """All secrets of the account, but for the optional one."""
    monkeypatch.setenv("KPITERM_SECRET_ONE_TOKEN", "hush-hush")
    monkeypatch.setenv("KPITERM_SECRET_ONE_ADS_TOKEN", "")


@pytest.mark.usefixtures("token")
def test_a_stream_without_what_it_needs_is_skipped_and_says_so() -> None:
    work = planner().prepare(ACCOUNT)
    assert [s.name for s, _ in work.todo] == ["orders"]
    [skipped] = work.runs
    assert (skipped.stream, skipped.status) == ("ads", "skipped")
    assert skipped.reason is not None
    assert "ads_token" in skipped.reason
    assert "kpiterm account add shop one" in skipped.reason
    assert "hush" not in repr(work)


@pytest.mark.usefixtures("token")
def test_a_stream_that_is_not_due_is_skipped_and_says_until_when() -> None:
    standing = Progress(watermark=NOW - timedelta(hours=1), last_ok=NOW - timedelta(hours=1))
    [skipped, _] = planner({("one", "orders"): standing}).prepare(ACCOUNT).runs
    assert (skipped.reason, skipped.watermark) == ("next due 2026-11-20 13:00Z", "2026-11-20T11:00:00Z")
    assert planner({("one", "orders"): standing}, ask=Ask(force=True)).prepare(ACCOUNT).todo


@pytest.mark.usefixtures("token")
def test_only_the_stream_that_is_asked_for_and_only_so_much_history() -> None:
    work = planner(only="orders", history=timedelta(days=3)).prepare(ACCOUNT)
    [(orders, windows)] = work.todo
    assert orders.name == "orders"
    assert windows[0].start == NOW - timedelta(days=3)
    assert work.runs == []


def test_a_missing_secret_names_account_variable_and_remedy() -> None:
    with pytest.raises(CredentialError, match="account one: the secret 'token' cannot be read") as raised:
        read_secrets(SecretStore("default"), ACCOUNT, SHOP)
    assert "KPITERM_SECRET_ONE_TOKEN" in raised.value.hint


@pytest.mark.parametrize(
    ("status", "words", "hint"),
    [
        (None, "is not installed", "pip install kpiterm-lost"),
        (PluginStatus(name="lost", state="failed", error="not installed", hint="did you mean shop?"),
         "is not installed", "did you mean shop?"),
        (PluginStatus(name="lost", state="failed", error="SyntaxError: x", hint="upgrade it", distribution="k-lost"),
         "failed to load: SyntaxError: x", "upgrade it"),
        (PluginStatus(name="lost", state="disabled"), "is switched off", "KPITERM_PLUGINS"),
    ],
)  # fmt: skip
def test_an_account_without_its_connector(status: PluginStatus | None, words: str, hint: str) -> None:
    with pytest.raises(PluginMissingError) as raised:
        find_connector(plugins(*[status] if status else []), Account(name="one", connector="lost"))
    assert raised.value.message == f"account one: the connector 'lost' {words}"
    assert hint in raised.value.hint


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"seller": "A1", "colour": "red"}, "has no setting 'colour'"),
        ({"seller": "A1", "region": "mars"}, "setting region is 'mars'"),
        ({}, "the setting 'seller' (its id) is missing"),
    ],
)
def test_settings_that_the_connector_does_not_take(settings: dict[str, str], words: str) -> None:
    with pytest.raises(KpitermError) as raised:
        marketplace_of(SHOP, Account(name="one", connector="shop", settings=settings))
    assert words in raised.value.message
    assert (raised.value.exit_code, bool(raised.value.hint)) == (2, True)


def test_a_connector_may_refuse_its_settings_or_fail_on_them() -> None:
    def refuse(_: object) -> Marketplace:
        raise SettingError("no such region", hint="na or eu")

    def fail(_: object) -> Marketplace:
        raise ZeroDivisionError

    for function, code in ((refuse, 2), (fail, 1)):
        odd = Connector(name="odd", title="", hosts=(), streams=(), marketplace=function)
        with pytest.raises(KpitermError, match="account one") as raised:
            marketplace_of(odd, Account(name="one", connector="odd"))
        assert raised.value.exit_code == code


def test_an_account_that_cannot_begin_fails_in_all_its_streams() -> None:
    everything = planner({("two", "stock"): Progress(), ("one", "old"): Progress()})
    assert everything.streams_of(ACCOUNT) == ["orders", "ads"]
    assert everything.streams_of(Account(name="two", connector="lost")) == ["stock"]
    assert planner(only="ads").streams_of(ACCOUNT) == ["ads"]
    runs = unreadable(ACCOUNT, ["orders", "ads"], CredentialError("no keyring", hint="unlock it"))
    assert [(r.stream, r.status, r.error and (r.error.kind, r.error.hint)) for r in runs] == [
        ("orders", "failed", ("AuthError", "unlock it")), ("ads", "failed", ("AuthError", "unlock it")),
    ]  # fmt: skip
    [unknown] = unreadable(ACCOUNT, [], PluginMissingError("not installed"))
    assert (unknown.stream, unknown.error and unknown.error.kind) == ("*", "PluginMissing")
