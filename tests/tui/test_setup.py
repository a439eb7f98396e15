"""The guided set-up: from nothing to an account, its first sync and a contract; taken up again; secrets unseen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
from keyring.backend import KeyringBackend
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input

from kpiterm.cli.main import run
from kpiterm.cli.session import Session
from kpiterm.cli.setup import SetupDesk, wanted
from kpiterm.paths import Paths
from kpiterm.sandbox import Sandbox
from kpiterm.tui.setup.desk import Fault, Field, Finding
from kpiterm.tui.setup.form import Form, SecretLine
from tests.english import english

if TYPE_CHECKING:
    from tests.tui.conftest import Desk, Opener

CANARY = "shpat_canary-7261"
VENDORS = (
    "LWA", "Seller Central", "Develop Apps", "client id", "client secret", "credentials", "refresh token",
    "Login with Amazon", "Amazon Ads", "security profile",
)  # fmt: skip
"""What stands in English on the vendors' own pages."""


class Vault(KeyringBackend):
    """A keyring in memory, named in config.toml by the path of its class."""

    priority: ClassVar[float] = 1
    held: ClassVar[dict[str, str]] = {}

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[f"{service} {username}"] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[f"{service} {username}"]


class Told(SetupDesk):
    """The set-up with a vendor that answers as the test says."""

    findings: Sequence[Finding] = (Finding("orders", True, "can be read"),)

    def test(self, account: str) -> Sequence[Finding] | Fault:
        return self.findings


@pytest.fixture(autouse=True)
def _empty_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Vault, "held", {})


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A home with nothing in it."""
    return Paths(tmp_path / "home")


def session(paths: Paths) -> Session:
    return Session(paths=paths, lang=None, as_of=None, json=False, quiet=True, verbose=False)


def with_keyring(paths: Paths) -> None:
    """As on a machine whose keyring is the test's own."""
    paths.root.mkdir(parents=True, exist_ok=True)
    text = paths.config.read_text("utf-8") if paths.config.exists() else ""
    paths.config.write_text(f'{text}\n[keyring]\nbackend = "{__name__}.Vault"\n', "utf-8")


async def fill(d: Desk, *values: str) -> None:
    """Paste into one field after the other; an empty value leaves what stands there."""
    for value in values:
        assert isinstance(d.app.focused, Input), d.text()
        if value:
            d.app.focused.select_all()
            d.app.focused.post_message(events.Paste(value))
            await d.pilot.pause()
        await d.pilot.press("enter")
    await d.settle()


async def choose(d: Desk, title: str) -> None:
    """Move to the choice of this title and take it."""
    for _ in range(500):
        text = d.text()
        if f"▌ {title}" in text:
            break
        if title in text or isinstance(d.app.focused, Input):
            await d.press("down")
        else:  # what leads there is still being asked for
            await d.pilot.pause(0.02)
    else:
        pytest.fail(f"{title!r} is nowhere:\n{d.text()}")
    await d.press("enter")


async def to_shopify(d: Desk) -> None:
    """From the connectors to the fields of a shop."""
    await d.until("Shopify")
    await choose(d, "Shopify")
    await d.until("access_token")


def everything(paths: Paths) -> bytes:
    return b"".join(file.read_bytes() for file in paths.home.rglob("*") if file.is_file())


async def test_from_nothing_to_an_account_and_a_contract(desk: Opener, paths: Paths) -> None:
    seen = []
    async with desk((80, 24), setup=Told(session(paths)), setup_at_start=True) as d:
        await choose(d, "English")
        with_keyring(paths)
        await choose(d, "Connect a shop")
        await to_shopify(d)
        await fill(d, "my-shop", "larkhill", "", "", "", "", CANARY)
        seen.append(d.text())
        await choose(d, "Save and test")
        await d.until("✓ orders: can be read")
        await choose(d, "Go on")
        await choose(d, "Start it now")
        await d.until("What was agreed")
        assert d.sync.started == [()]
        await fill(d, "Larkhill Ltd", "We", *[""] * 9)
        await choose(d, "Write the contract")
        seen.append(await d.until("no fault found"))
        await choose(d, "Go on")
        text = (await d.until("crontab -e")).replace("\n", "").replace(" ", "")
        assert str(paths.root) in text
        assert "config.toml" in text
        await choose(d, "Open the board")
        assert "sync: running" in d.row("seller")
    assert Vault.held == {"kpiterm/default my-shop/access_token": CANARY}
    assert 'shop = "larkhill"' in (paths.accounts / "my-shop.toml").read_text("utf-8")
    assert run(["--home", str(paths.home), "contract", "check", str(paths.contracts / "larkhill-ltd.toml")]) == 0
    assert not any(CANARY in text for text in seen)
    assert CANARY.encode() not in everything(paths)
    assert not wanted(session(paths))


async def test_it_is_left_and_taken_up_where_it_was(desk: Opener, paths: Paths) -> None:
    here = session(paths)
    for first, action in (("Language", "English"), ("Which shop or tool?", "Shopify")):
        assert wanted(here)
        async with desk((80, 24), setup=Told(here), setup_at_start=True) as d:
            await d.until(first)
            await choose(d, action)
            await d.press("escape")
            await d.until("the set-up is left")
    with_keyring(paths)
    assert SetupDesk(here).declare("shopify", "my-shop", {"shop": "larkhill", "access_token": CANARY}) is None
    async with desk((80, 24), setup=Told(here), setup_at_start=True) as d:
        await d.until("Test of my-shop")


async def test_who_wants_only_the_board_is_not_asked_again(desk: Opener, paths: Paths) -> None:
    async with desk((80, 24), setup=Told(session(paths)), setup_at_start=True) as d:
        await choose(d, "English")
        await choose(d, "Only the board")
        assert "the set-up is left" not in d.text()
        assert not wanted(session(paths))
        await d.press("ctrl+p")
        await d.press(*"set up")
        await d.until("write a contract")
        await d.press("enter")
        await d.until("What would you like to look at first?")


async def test_a_wrong_setting_is_told_at_its_field_and_nothing_is_kept(desk: Opener, paths: Paths) -> None:
    with_keyring(paths)
    async with desk((100, 40), setup=Told(session(paths)), setup_at_start=True) as d:
        await to_shopify(d)
        await fill(d, "my-shop", "two words", "", "", "", "", CANARY)
        await choose(d, "Save and test")
        await d.until("✗ the setting shop is 'two words'")
        shop, fault = (next(n for n, row in enumerate(d.rows()) if text in row) for text in ("two words", "✗ the"))
        assert fault == shop + 1
        await fill(d, "larkhill")
        await choose(d, "Save and test")
        await d.until("Test of my-shop")
    assert len(Vault.held) == 1


async def test_what_is_needed_and_empty_is_told(paths: Paths) -> None:
    with_keyring(paths)
    desk = SetupDesk(session(paths))
    lacking = [
        desk.declare("amazon", "us-main", values)
        for values in ({}, {"client_id": "x"}, {"client_id": "x", "client_secret": CANARY})
    ]
    assert [fault and fault.field for fault in lacking] == ["client_id", "client_secret", "refresh_token"]
    wrong = desk.declare("amazon", "US main", {})
    assert wrong is not None
    assert wrong.field == "@name"
    assert not Vault.held
    assert not paths.accounts.exists()


async def test_without_a_keyring_the_remedy_is_told_and_there_is_no_account(desk: Opener, paths: Paths) -> None:
    paths.root.mkdir(parents=True)
    paths.config.write_text("", "utf-8")
    async with desk((100, 50), setup=Told(session(paths)), setup_at_start=True) as d:
        await to_shopify(d)
        await fill(d, "my-shop", "larkhill", "", "", "", "", CANARY)
        await choose(d, "Save and test")
        assert "docs/how-to/keyring.md" in await d.until("no keyring that encrypts")
    assert not paths.accounts.exists()
    assert CANARY.encode() not in everything(paths)


async def test_a_failed_test_shows_the_remedy_and_leads_back_to_the_account(desk: Opener, paths: Paths) -> None:
    with_keyring(paths)
    there = Told(session(paths))
    there.findings = (Finding("orders", True, ""), Finding("sign in", False, "enter the token again"))
    assert there.declare("shopify", "my-shop", {"shop": "larkhill", "access_token": CANARY}) is None
    async with desk((100, 50), setup=there, setup_at_start=True) as d:
        await d.until("✗ sign in: enter the token again")
        await choose(d, "Change the account")
        assert "larkhill" in await d.until("stored; left empty it stays as it is")
        await fill(d, *[""] * 8)
        there.findings = (Finding("sign in", True, ""),)
        await choose(d, "Save and test")
        await d.until("everything that was tried works")
    assert Vault.held == {"kpiterm/default my-shop/access_token": CANARY}


async def test_the_test_is_that_of_account_test(paths: Paths) -> None:
    with_keyring(paths)
    with Sandbox(vendors=("amazon",), days=10, orders_per_day=2, skus=2, throttle=False) as box:
        [account] = box.accounts
        paths.accounts.mkdir(mode=0o700)
        (paths.accounts / "us-main.toml").write_text(f'connector = "amazon"\nsandbox = "{box.url}"\n', "utf-8")
        desk = SetupDesk(session(paths))
        assert desk.declare("amazon", "us-main", {**account.settings, **account.secrets, "marketplace": "us"}) is None
        findings = desk.test("us-main")
    assert not isinstance(findings, Fault)
    assert {"marketplaces", "orders", "stock"} <= {one.name for one in findings if one.ok}
    assert 'marketplace = "US"' in (paths.accounts / "us-main.toml").read_text("utf-8")


async def test_files_instead_of_credentials(desk: Opener, paths: Paths, tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text("id,received_at,replied_at,channel\n1,2026-11-01T08:00Z,2026-11-01T09:00Z,amazon.com\n", "utf-8")
    async with desk((100, 40), setup=Told(session(paths)), setup_at_start=True) as d:
        await choose(d, "English")
        await choose(d, "Load files that I have downloaded")
        await fill(d, str(tmp_path / "*.csv"))
        await choose(d, "Load")
        await d.until("✓ loaded", patience=60)
        await choose(d, "Open the board")
    assert paths.current.exists()


async def test_the_demo_is_started_once_the_screen_is_closed(desk: Opener, paths: Paths) -> None:
    there = Told(session(paths))
    async with desk((80, 24), setup=there, setup_at_start=True) as d:
        await choose(d, "English")
        await choose(d, "Look at the demo")
    assert there.demo_wanted
    assert wanted(session(paths))


async def test_every_step_in_chinese_on_a_small_terminal(desk: Opener, paths: Paths) -> None:
    with_keyring(paths)
    there = Told(session(paths))
    there.findings = ()
    rows: list[str] = []

    async def look(d: Desk, text: str) -> None:
        await d.until(text)
        d.assert_aligned()
        rows.extend(d.rows())

    async with desk((60, 18), setup=there, setup_at_start=True) as d:
        await d.press("escape")
        await d.press("L")
        d.app.action_setup()
        await look(d, "哪个店铺或工具")
        await choose(d, "Amazon")
        await look(d, "账号")
        await fill(d, "us-main", "", "x", "y", "z", *[""] * 4)
        await choose(d, "保存并测试")
        await look(d, "测试 us-main")
        await choose(d, "继续")
        await look(d, "首次同步需")
        await choose(d, "暂不")
        await look(d, "已商定")
        await fill(d, "云雀", "我们", *[""] * 9)
        await choose(d, "写入合同")
        await look(d, "无错误")
        await choose(d, "继续")
        await look(d, "设置完成")
    names = (str(paths.home), "home sync", "Jungle Scout", "All Orders", *VENDORS)
    assert english(rows, *names) == []


async def test_what_is_typed_into_a_secret_line_shows_nowhere() -> None:
    secrets: list[str] = []

    class Alone(App[None]):
        def compose(self) -> ComposeResult:
            yield Form([Field(name="token", help="a token", secret=True)])

        def on_input_changed(self, event: object) -> None:
            secrets.append(repr(event))

        on_secret_line_changed = on_secret_line_submitted = on_input_submitted = on_input_changed

    app = Alone()
    async with app.run_test() as pilot:
        line = app.query_one(SecretLine)
        line.focus()
        line.post_message(events.Paste("  canary-\n7261 \n"))
        await pilot.pause()
        await pilot.press("home", "shift+end", "ctrl+c", "ctrl+x", "enter")
        assert app.query_one(Form).values() == {"token": "canary-7261"}
        assert "7261" not in app.clipboard
        shown = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
    assert secrets
    assert not [text for text in (*secrets, repr(line), shown) if "7261" in text]


async def test_a_contract_is_never_written_over_and_a_wrong_answer_is_told(paths: Paths) -> None:
    desk = SetupDesk(session(paths))
    answers = {field.name: field.value for field in desk.questions()} | {"seller": "Lark", "provider": "We"}
    wrong = [desk.agree(answers | {name: value}) for name, value in (("acos", "28,1"), ("start", "soon"), ("odr", "x"))]
    assert [isinstance(one, Fault) and one.field for one in wrong] == ["acos", "start", "odr"]
    for _ in range(2):
        assert not isinstance(desk.agree(answers), Fault)
    assert sorted(file.name for file in paths.contracts.iterdir()) == ["lark-2.toml", "lark.toml"]


def test_the_guided_set_up_needs_a_terminal(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(paths.home), "--json", "init", "--guided"]) == 2
    assert "terminal" in json.dumps(capsys.readouterr())
    assert not paths.home.exists()
