"""A kpiterm home with real processes in it, sandboxes on loopback, and plugins as pip would install them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import pytest

from kpiterm.cli.commands.demo import prepare, shop_on_loopback, sync_command
from kpiterm.cli.session import Session
from kpiterm.config import Account, save_account
from kpiterm.paths import Paths
from kpiterm.sandbox import Sandbox
from kpiterm.sandbox.orders import business_day, updated
from kpiterm.sandbox.walmart import WalmartShop
from kpiterm.sandbox.walmart.trade import modified
from kpiterm.secrets import variable
from tests.e2e.warm import Warm

HERE = Path(__file__).parent
DEMO_DAYS = 120
PLUGIN_HEAD = """
from datetime import date, datetime, timedelta
from decimal import Decimal
from kpiterm.plugins import *

def place(settings):
    return Marketplace(channel="NAME.shop", timezone="America/Los_Angeles", currency="USD")

def days(ctx, window):
    for day in window.days("America/Los_Angeles"):
        yield Row("health_metric", {"day": day, "metric": "late_shipment_rate", "segment": "all", "numerator": day.day})

def connector(**more):
    streams = more.pop("streams", ()) + (Stream(
        name="days", title="Days", fetch=days, by_day=True, history=timedelta(days=6), max_window=timedelta(days=2)),)
    return Connector(name="NAME", title="NAME", hosts=("api.NAME.example",), streams=streams, marketplace=place, **more)

@hookimpl
def kpiterm_connectors():
    return (CONNECTOR,)
"""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document

    def runs(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The runs of a `sync --json` by account and stream."""
        return {(run["account"], run["stream"]): run for run in self.json["runs"]}


class Home:
    """One KPITERM_HOME and an environment that holds nothing else. Called with arguments, it runs kpiterm."""

    warm: ClassVar[Warm | None] = None

    def __init__(self, path: Path) -> None:
        self.path, self.site = path / "home", path / "site"
        self.paths = Paths(self.path)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(path),
            "LANG": "C.UTF-8",
            "KPITERM_HOME": str(self.path),
            "PYTHONPATH": str(self.site),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }

    def __call__(self, *args: object, stdin: str = "", env: Mapping[str, str] | None = None) -> Done:
        if self.warm and env is None and "KPITERM_CLOCK" not in self.environment:  # which is read once, at the start
            return Done(*self.warm(list(map(str, args)), stdin, self.environment, seconds=120))
        environment = self.environment if env is None else env
        process = subprocess.run(
            self.command(*args), input=stdin, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        return Done(process.returncode, process.stdout, process.stderr)

    def start(self, *args: object) -> subprocess.Popen[str]:
        """The command in a session of its own, its output in pipes."""
        return subprocess.Popen(
            self.command(*args), env=self.environment, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    @staticmethod
    def command(*args: object) -> list[str]:
        return [sys.executable, "-m", "kpiterm", *map(str, args)]

    def connect(self, box: Sandbox, *, days: int) -> None:
        """Declare the sandbox's accounts, `days` of history, and put their secrets into the environment."""
        for account in box.accounts:
            declared = Account(
                name=account.name, connector=account.connector, sandbox=box.url, settings=account.settings
            )
            save_account(self.paths, declared)
            self.environment |= {variable(account.name, name): value for name, value in account.secrets.items()}
        self.configure(f"[sync]\nhistory_days = {days}\n")

    def declare(self, name: str, connector: str, *, sandbox: str | None = None, **secrets: str) -> None:
        save_account(self.paths, Account(name=name, connector=connector, sandbox=sandbox))
        self.environment |= {variable(name, key): value for key, value in secrets.items()}

    def configure(self, text: str) -> None:
        self.paths.root.mkdir(parents=True, exist_ok=True)
        self.paths.config.write_text(text)

    def plugin(self, name: str, source: str, *, head: bool = True) -> None:
        """Install a plugin of that name: a module, and the metadata with its entry point."""
        text = (PLUGIN_HEAD.replace("NAME", name) if head else "") + textwrap.dedent(source)
        metadata = self.site / f"kpiterm_{name}-1.0.dist-info"
        metadata.mkdir(parents=True, exist_ok=True)
        (self.site / f"kpiterm_{name}.py").write_text(text)
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: kpiterm-{name}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[kpiterm]\n{name} = kpiterm_{name}\n")

    def rows(self, sql: str, *options: str) -> list[list[Any]]:
        done = self(*options, "query", sql, "--json")
        assert done.code == 0, done.err
        return list(done.json["rows"])

    def files_with(self, text: str) -> list[Path]:
        """The files below the home that hold `text`."""
        return [file for file in self.path.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


def poll(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait until the condition holds; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen in {seconds:g} s"
        Event().wait(0.01)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a file's tests share is made once: a worker runs them all. Files that share a fixture name their group."""
    for item in items:
        if item.path.parent == HERE and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session", autouse=True)
def _warm() -> Iterator[None]:
    if version("duckdb").startswith("2."):  # at the end of a forked process it lists what it takes for leaks
        yield
        return
    Home.warm = Warm()
    yield
    Home.warm.close()
    Home.warm = None


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def until() -> Callable[..., None]:
    return poll


@pytest.fixture
def open_box() -> Iterator[Callable[..., Sandbox]]:
    """Starts a small, fast shop whose clock stands still at the present; options change it."""
    with ExitStack() as stack:

        def start(**options: Any) -> Sandbox:
            return stack.enter_context(small_shop(**options))

        yield start


def small_shop(**options: Any) -> Sandbox:
    small: dict[str, Any] = {
        "throttle": False, "report_seconds": 0.0, "days": 40, "orders_per_day": 6, "skus": 8,
        "now": datetime.now(UTC).replace(microsecond=0),
    }  # fmt: skip
    return Sandbox(**(small | options))


def settled_shop(**options: Any) -> Sandbox:
    """The first of some small shops in which no order has just changed: Amazon and Walmart list such a one minutes
    later, whatever they knew of it before, so that a sync of this moment cannot have it."""
    for seed in (11, *range(13, 200)):  # shop 12 had nothing to be reimbursed, which a first sync reports
        box = small_shop(seed=seed, lag=False, **options)
        now, days = box.clock(), (box.shop.first_day, business_day(box.clock().timestamp()))
        at = int(now.timestamp())
        changes = [updated(order, at) for order in box.shop.orders(*days, now)]
        if "walmart" in options.get("vendors", ()):
            changes += [modified(order, at) for order in WalmartShop(box.shop).orders(*days, now)]
        if max(changes) < at - 300:
            return box
    raise AssertionError("in every shop an order has just changed")


@dataclass(frozen=True)
class Shop:
    """A synced home, the sandbox it was synced from, and what the sync said."""

    home: Home
    box: Sandbox
    first: Done


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop, synced once, for tests that only read. Reports are without lag, so that truth is what is shown."""
    with settled_shop() as box:
        home = Home(tmp_path_factory.mktemp("shop"))
        home.connect(box, days=40)
        first = home("sync", "--json")
        assert first.code == 0, first.err
        yield Shop(home, box, first)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo's workspace, prepared and synced as `kpiterm demo` does, for tests that read or add entries."""
    home = Home(tmp_path_factory.mktemp("demo"))
    home.environment["KPITERM_WORKSPACE"] = "demo"
    home.paths = Paths(home.path, "demo")
    session = Session(paths=home.paths, lang=None, as_of=None, json=False, quiet=True, verbose=False)
    with pytest.MonkeyPatch.context() as patch, shop_on_loopback(DEMO_DAYS) as box:
        for name, value in home.environment.items():
            patch.setenv(name, value)
        synced = subprocess.run(sync_command(session), env=prepare(session, box, DEMO_DAYS), check=False)
    assert synced.returncode == 0
    return home


@pytest.fixture
def started(home: Home) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts commands that are ended with the test, whatever happens."""
    processes: list[subprocess.Popen[str]] = []

    def start(*args: object) -> subprocess.Popen[str]:
        processes.append(home.start(*args))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
