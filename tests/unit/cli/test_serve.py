"""Who gets in at `kpiterm serve`, and that no process stays behind: real servers and clients on loopback."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kpiterm.cli.browser import token
from kpiterm.cli.main import run
from kpiterm.errors import UsageError
from kpiterm.i18n import teller
from kpiterm.secrets import SecretStore

aiohttp = pytest.importorskip("aiohttp", reason="the extra serve is not installed")
from aiohttp import ClientSession, CookieJar, WSServerHandshakeError, web  # noqa: E402
from textual_serve.download_manager import DownloadManager  # noqa: E402

from kpiterm.cli.browser import cockpit, server  # noqa: E402

WORD = "correct-horse-battery"
PROGRAM = """
import os, signal, sys
number = str(os.getpid()).encode()
os.write(1, b"__GANGLION__\\nD" + len(number).to_bytes(4, "big") + number)
"""
OBEDIENT = PROGRAM + "sys.stdin.buffer.read()"
STUBBORN = PROGRAM + "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"
CRASHES = PROGRAM + "sys.exit(3)"
EVIL = {"Origin": "http://evil.example"}


@asynccontextmanager
async def served(word: str | None = None, program: str = OBEDIENT, sessions: int = 2) -> AsyncIterator[str]:
    """The address of a server of that program."""
    argv = [sys.executable, "-Sc", program]
    site = server.Site(argv=argv, title="kpiterm · x", token=word, sessions=sessions, tell=teller("en"))
    runner = web.AppRunner(await server.BrowserServer(site).application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def client() -> ClientSession:
    return ClientSession(cookie_jar=CookieJar(unsafe=True))  # that is: with cookies of an IP address


async def status(session: ClientSession, url: str, **headers: str) -> int:
    async with session.get(url, headers=headers, allow_redirects=False) as answer:
        return answer.status


async def opened(session: ClientSession, url: str, *, origin: str | None = None, **headers: str) -> int:
    """The pid that a page's websocket leads to; the page is closed again."""
    async with session.ws_connect(f"{url}/ws", headers=headers, origin=origin or url) as page:
        return int(await page.receive_bytes(timeout=20))


async def refused(session: ClientSession, url: str, **headers: str) -> int:
    with pytest.raises(WSServerHandshakeError) as caught:
        await opened(session, url, **headers)
    return caught.value.status


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def gone(pid: int) -> None:
    async with asyncio.timeout(20):
        while alive(pid):
            await asyncio.sleep(0.01)


PLACES = ["/", "/static/js/textual.js", "/static/", "/download/x", "/nowhere", "/ws"]


async def test_without_the_token_nothing_is_served() -> None:
    async with served(WORD) as url, client() as session:
        own = {"Origin": url}
        assert [await status(session, url + place, **own) for place in PLACES] == [401] * len(PLACES)
        assert await status(session, f"{url}/?token=wrong-horse-battery") == 401
        assert await status(session, url, Cookie=f"kpiterm-{url.rpartition(':')[2]}={WORD}") == 401
        assert await refused(session, url) == 401
        async with session.post(f"{url}/enter", data={"token": "wrong"}, headers=own) as answer:
            assert answer.status == 401
            assert "That is not the token" in await answer.text()


@pytest.mark.parametrize("by_form", [False, True])
async def test_the_token_opens_all_of_it_and_leaves_the_address(by_form: bool) -> None:
    async with served(WORD) as url, client() as session:
        if by_form:
            entering = session.post(
                f"{url}/enter", data={"token": WORD}, headers={"Origin": url}, allow_redirects=False
            )
        else:
            entering = session.get(f"{url}/?token={WORD}", allow_redirects=False)
        async with entering as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")
            cookie = answer.headers["Set-Cookie"]
            assert WORD not in cookie
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
        assert [await status(session, url + place) for place in PLACES[:2]] == [200, 200]
        assert await opened(session, url) > 0


async def test_another_site_gets_nowhere_even_with_the_cookie() -> None:
    async with served(WORD) as url, client() as session:
        assert await status(session, f"{url}/?token={WORD}") == 303
        assert await status(session, url, **EVIL) == 403
        for origin in (EVIL["Origin"], "null", "http://localhost:1", url.replace("127.0.0.1", "localhost"), "http://["):
            assert await refused(session, url, origin=origin) == 403
        assert await status(session, f"{url}/ws", Connection="Upgrade", Upgrade="websocket") == 403  # no origin


async def test_on_loopback_only_a_name_of_loopback_leads_in() -> None:
    async with served() as url, client() as session:
        port = url.rpartition(":")[2]
        hosts = [f"127.0.0.1:{port}", "localhost:9999", f"[::1]:{port}", "127.0.0.2"]  # a tunnel may end at any port
        assert [await status(session, url, Host=host) for host in hosts] == [200] * len(hosts)
        others = [f"evil.example:{port}", "localhost.evil.example", "10.0.0.1", "[", ""]
        assert [await status(session, url, Host=host) for host in others] == [403] * len(others)
        rebound = {"Host": f"evil.example:{port}"}
        assert await refused(session, url, origin=f"http://evil.example:{port}", **rebound) == 403
        assert await opened(session, url) > 0


async def test_the_page_fetches_nothing_from_elsewhere_and_cannot_be_framed() -> None:
    async with served() as url, client() as session, session.get(url) as answer:
        text = await answer.text()
        assert "://" not in text.replace('"wss://" : "ws://"', "")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("program", [OBEDIENT, STUBBORN], ids=["obedient", "stubborn"])
async def test_a_closed_page_ends_its_process(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cockpit, "GRACE", 0.2)
    async with served(program=program) as url, client() as session:
        await gone(await opened(session, url))


async def test_a_process_that_ends_closes_its_page() -> None:
    async with served(program=CRASHES) as url, client() as session, session.ws_connect(f"{url}/ws", origin=url) as page:
        seen = [message.type async for message in page]
        assert seen == [aiohttp.WSMsgType.BINARY]


async def test_the_server_takes_the_processes_with_it_and_more_pages_than_allowed_are_told() -> None:
    async with client() as session:
        async with served(sessions=1) as url:
            page = await session.ws_connect(f"{url}/ws", origin=url)
            pid = int(await page.receive_bytes(timeout=20))
            assert await refused(session, url) == 503
            assert await status(session, url) == 503
            await page.send_str("no message of the page's")
            await page.send_str("[]")
            await gone(pid)
            while await status(session, url) == 503:
                await asyncio.sleep(0.01)
            page = await session.ws_connect(f"{url}/ws", origin=url)
            pid = int(await page.receive_bytes(timeout=20))
        await gone(pid)
    assert not alive(pid)


async def test_a_request_that_is_no_websocket_takes_no_page_and_does_not_disturb_the_end() -> None:
    async with served(sessions=1) as url, client() as session:
        for _ in range(2):
            assert await status(session, f"{url}/ws", Origin=url) == 400
        assert await opened(session, url)


async def test_what_is_no_form_holds_no_token() -> None:
    form = "application/x-www-form-urlencoded"
    async with served(WORD) as url, client() as session:
        for kind in ("multipart/form-data", form, f"{form}; charset=nope"):
            async with session.post(f"{url}/enter", data=b"token\xff", headers={"Content-Type": kind}) as answer:
                assert answer.status == 401


async def test_no_page_makes_a_screen_larger_than_screens_are() -> None:
    told: list[object] = []

    class Told(cockpit.Cockpit):
        async def send_meta(self, data: object) -> bool:
            told.append(data)
            return True

    async def nothing(_: object = None) -> None:
        pass

    await Told([sys.executable], DownloadManager(), nothing, nothing, nothing).set_terminal_size(10**9, -3)
    assert told == [{"type": "resize", "width": 1000, "height": 1}]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> SecretStore:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv(token.VARIABLE, raising=False)
    return SecretStore("default")


def test_a_token_is_taken_from_file_or_environment_and_made_up_only_for_a_person(
    store: SecretStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert token.find(store, None, needed=False) == (None, False)
    with pytest.raises(UsageError, match="no terminal"):
        token.find(store, None, needed=True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    word, new = token.find(store, None, needed=True)
    assert new
    assert word != token.find(store, None, needed=True)[0]
    monkeypatch.setenv(token.VARIABLE, WORD)
    assert token.find(store, None, needed=False) == (WORD, False)
    file = tmp_path / "token"
    file.write_text("another-horse-battery\n")
    file.chmod(0o644)
    with pytest.raises(UsageError, match="read by others"):
        token.find(store, file, needed=True)
    file.chmod(stat.S_IRUSR)
    assert token.find(store, file, needed=True) == ("another-horse-battery", False)
    for missing in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match="is no file"):
            token.find(store, missing, needed=True)
    monkeypatch.setenv(token.VARIABLE, "short")
    with pytest.raises(UsageError, match="5 characters"):
        token.find(store, None, needed=True)


def test_the_token_does_not_reach_the_program_behind_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(token.VARIABLE, WORD)

    async def nothing(*_: object) -> None:
        """No browser."""

    page = cockpit.Cockpit(["x"], DownloadManager(), nothing, nothing, nothing)
    assert WORD not in page._build_environment().values()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_loopback_is_known(host: str) -> None:
    assert token.loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", "127.0.0.1.example.com", ""])
def test_other_addresses_are_not_loopback(host: str) -> None:
    assert not token.loopback(host)


@pytest.fixture
def command(tmp_path: Path, store: SecretStore) -> Callable[..., int]:
    (tmp_path / "workspaces/default").mkdir(parents=True)
    return lambda *words: run(["serve", "--home", str(tmp_path), *words])


def test_an_address_that_cannot_be_had_is_told_with_the_remedy(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert command("--port", str(port)) == 2
    assert f"port {port} of 127.0.0.1 is in use" in capsys.readouterr().err
    for words in (["--port", "70000"], ["--sessions", "0"], ["--host", "0.0.0.0"], ["--host", "no.example.invalid"]):
        assert command(*words) == 2
        assert "→" in capsys.readouterr().err


def test_without_the_library_the_command_says_how_to_get_it(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "kpiterm.cli.browser.server")
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    assert command() == 8
    assert "pip install 'kpiterm[serve]'" in capsys.readouterr().err


def test_the_options_of_every_command_reach_the_program_behind_a_page(
    command: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[server.Site] = []

    async def noted(site: server.Site, *_: object) -> None:
        asked.append(site)

    monkeypatch.setattr(server, "serve", noted)
    assert command("--lang", "zh", "--workspace", "acme", "--as-of", "2026-11-01", "--sessions", "2") == 0
    argv = list(asked[0].argv)
    assert [argv[argv.index(name) + 1] for name in ("--lang", "--workspace", "--as-of")] == [
        "zh", "acme", "2026-11-02T00:00:00+00:00",
    ]  # fmt: skip
    assert command() == 0
    assert "--workspace" not in asked[1].argv
