"""Secrets come from where the operator put them, and never show in what goes wrong."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError, PasswordDeleteError

from kpiterm.errors import CredentialError
from kpiterm.secrets import SecretStore, variable

VALUE = "Atzr|IwEB-s3cr3t"
USES: list[Callable[[SecretStore], object]] = [
    lambda store: store.get("us-main", "key"),
    lambda store: store.put("us-main", "key", VALUE),
    lambda store: store.drop("us-main", "key"),
]


class Vault(KeyringBackend):
    """A keyring in memory, which the configuration may name by the path of its class."""

    priority: ClassVar[float] = 1
    held: ClassVar[dict[tuple[str, str], str]] = {}
    broken: ClassVar[Exception | None] = None

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def _look(self) -> None:
        if self.broken:
            raise self.broken

    def get_password(self, service: str, username: str) -> str | None:
        self._look()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._look()
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError


class NotViable(Vault):
    """What a backend of another platform does."""

    @property
    def priority(self) -> float:  # type: ignore[override]
        raise RuntimeError(VALUE)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> str:
    """The class path that `[keyring] backend` would name."""
    monkeypatch.setattr(Vault, "held", {})
    monkeypatch.setattr(Vault, "broken", None)
    module = sys.modules[__name__]
    monkeypatch.setitem(sys.modules, "kpiterm_test_vault", module)
    return "kpiterm_test_vault.Vault"


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Callable[[KeyringBackend], None]:
    """Makes a backend the one that this system offers."""
    before = keyring.get_keyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: before)

    def offer(backend: KeyringBackend) -> None:
        monkeypatch.setattr(keyring, "get_keyring", lambda: backend)

    return offer


def test_what_was_put_is_got_and_dropped(vault: str) -> None:
    store = SecretStore("default", vault)
    assert store.get("us-main", "refresh_token") is None
    store.put("us-main", "refresh_token", VALUE)
    assert store.get("us-main", "refresh_token") == VALUE
    store.drop("us-main", "refresh_token")
    store.drop("us-main", "refresh_token")
    assert store.get("us-main", "refresh_token") is None


def test_workspaces_and_accounts_do_not_share_secrets(vault: str) -> None:
    SecretStore("acme", vault).put("us-main", "key", VALUE)
    assert SecretStore("other", vault).get("us-main", "key") is None
    assert SecretStore("acme", vault).get("jp-main", "key") is None
    assert Vault.held == {("kpiterm/acme", "us-main/key"): VALUE}


@pytest.mark.parametrize(
    ("account", "name", "expected"),
    [
        ("us-main", "refresh_token", "KPITERM_SECRET_US_MAIN_REFRESH_TOKEN"),
        ("a.b", "client-id", "KPITERM_SECRET_A_B_CLIENT_ID"),
    ],
)
def test_the_variable_is_one_that_a_shell_can_set(account: str, name: str, expected: str) -> None:
    assert variable(account, name) == expected


def test_the_environment_comes_first_then_systemd_then_the_keyring(
    vault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SecretStore("default", vault)
    store.put("us-main", "key", "from the keyring")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert store.get("us-main", "key") == "from the keyring"
    (tmp_path / "us-main.key").write_text("from systemd ✓\n", "utf-8")
    assert store.get("us-main", "key") == "from systemd ✓"
    monkeypatch.setenv("KPITERM_SECRET_US_MAIN_KEY", "from the environment")
    assert store.get("us-main", "key") == "from the environment"


def test_no_keyring_is_needed_where_the_environment_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPITERM_SECRET_US_MAIN_KEY", VALUE)
    store = SecretStore("default")
    assert store.get("us-main", "key") == VALUE
    store.drop("us-main", "key")
    with pytest.raises(CredentialError):
        store.get("us-main", "another")


@pytest.mark.parametrize("kind", ["a directory", "not text"])
def test_a_credential_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    path = tmp_path / "us-main.key"
    path.mkdir() if kind == "a directory" else path.write_bytes(VALUE.encode() + b"\xff")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(CredentialError, match=r"us-main\.key cannot be read") as caught:
        SecretStore("default").get("us-main", "key")
    assert "LoadCredential" in caught.value.hint
    assert VALUE not in everything(caught.value)


def everything(error: BaseException) -> str:
    """All that a log or a terminal could show of an error."""
    text = "".join(traceback.format_exception(error))
    return text + repr(error) + str(error) + getattr(error, "hint", "")


def test_a_keyring_that_does_not_encrypt_is_refused_with_the_remedy(system: Callable[[KeyringBackend], None]) -> None:
    """Such as keyrings.alt, which comes with other packages and writes plain files."""
    plain = Vault()
    system(plain)
    for use in USES:
        with pytest.raises(CredentialError, match="no keyring that encrypts") as caught:
            use(SecretStore("default"))
        assert "export KPITERM_SECRET_US_MAIN_KEY" in caught.value.hint
        assert caught.value.exit_code == 3
        assert VALUE not in everything(caught.value)
    assert plain.held == {}


def test_of_a_chain_only_a_trusted_backend_is_asked(
    vault: str, system: Callable[[KeyringBackend], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Chain(Vault):
        backends: ClassVar[list[KeyringBackend]] = []

    trusted = type("Keyring", (Vault,), {"__module__": "keyring.backends.SecretService", "held": {}})()
    Chain.backends = [Vault(), trusted]
    system(Chain())
    SecretStore("default").put("us-main", "key", VALUE)
    assert trusted.held == {("kpiterm/default", "us-main/key"): VALUE}
    assert Vault.held == {}


def test_a_backend_that_keeps_nothing_has_nothing() -> None:
    store = SecretStore("default", "keyring.backends.null.Keyring")
    store.put("us-main", "key", VALUE)
    assert store.get("us-main", "key") is None


@pytest.mark.parametrize("name", ["no.such.module.Keyring", "keyring.backends.null.Nothing", "nonsense", ""])
def test_a_backend_that_cannot_be_loaded_is_named(name: str) -> None:
    backend = name or "kpiterm_test_vault.NotViable"
    with pytest.raises(CredentialError) as caught:
        SecretStore("default", backend).get("us-main", "key")
    assert f"keyring {backend} cannot be loaded" in caught.value.message
    assert "[keyring] backend in config.toml" in caught.value.hint
    assert VALUE not in everything(caught.value)


@pytest.mark.parametrize("error", [KeyringLocked, NoKeyringError, RuntimeError, OSError])
def test_a_keyring_that_does_not_answer_is_told_without_the_secret(
    vault: str, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    store = SecretStore("default", vault)
    store.put("us-main", "key", VALUE)
    monkeypatch.setattr(Vault, "broken", error(f"cannot store {VALUE}"))
    for use in USES:
        with pytest.raises(CredentialError, match=f"did not answer: {error.__name__}") as caught:
            use(store)
        assert "KPITERM_SECRET_US_MAIN_KEY" in caught.value.hint
        assert VALUE not in everything(caught.value)


def test_a_keyring_that_locks_between_look_and_removal_is_told(vault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: str) -> None:
        raise PasswordDeleteError(VALUE)

    store = SecretStore("default", vault)
    store.put("us-main", "key", VALUE)
    monkeypatch.setattr(Vault, "delete_password", refuse)
    with pytest.raises(CredentialError, match="PasswordDeleteError") as caught:
        store.drop("us-main", "key")
    assert VALUE not in everything(caught.value)


def test_a_system_whose_keyring_cannot_even_be_chosen_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> KeyringBackend:
        raise ModuleNotFoundError("no such backend")

    monkeypatch.setattr(keyring, "get_keyring", fail)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "gone.Keyring")
    with pytest.raises(CredentialError, match=r"gone\.Keyring cannot be loaded") as caught:
        SecretStore("default").get("us-main", "key")
    assert "PYTHON_KEYRING_BACKEND" in caught.value.hint
    assert "config.toml" not in caught.value.hint


def test_the_store_itself_shows_no_secret(vault: str) -> None:
    store = SecretStore("default", vault)
    store.put("us-main", "key", VALUE)
    assert VALUE not in repr(store)
