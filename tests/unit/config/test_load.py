from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kpiterm.config import SyncConfig, load_config
from kpiterm.errors import ConfigError
from kpiterm.paths import Paths, private_dir


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths(tmp_path)
    private_dir(paths.root)
    return paths


def test_a_workspace_without_a_file_has_the_defaults(paths: Paths) -> None:
    config = load_config(paths)
    assert (config.currency, config.language, config.sync, config.targets) == ("USD", "en", SyncConfig(), {})


def test_every_setting_is_read(paths: Paths) -> None:
    paths.config.write_text(
        """
        currency = "EUR"
        language = "zh"
        timezone = "Asia/Shanghai"
        [sync]
        parallel = 2
        stall_seconds = 60
        memory_limit = "1GB"
        history_days = 90
        [keyring]
        backend = "keyring.backends.null.Keyring"
        [targets]
        acos = "<= 0.28"
        odr = "<0.005"
        """,
        encoding="utf-8",
    )
    config = load_config(paths)
    assert (config.currency, config.language, config.timezone) == ("EUR", "zh", "Asia/Shanghai")
    assert config.sync == SyncConfig(parallel=2, stall_seconds=60, memory_limit="1GB", history_days=90)
    assert config.keyring_backend == "keyring.backends.null.Keyring"
    assert config.targets == {"acos": ("<=", Decimal("0.28")), "odr": ("<", Decimal("0.005"))}


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ('curency = "USD"', "curency", "did you mean 'currency'?"),
        ('currency = "usd"', "currency", "ISO 4217"),
        ('language = "de"', "language", "en, zh"),
        ('timezone = "Mars/Olympus"', "timezone", "IANA"),
        ("[sync]\nparallel = 0", "sync.parallel", "from 1 to"),
        ("[sync]\nparallel = true", "sync.parallel", "whole number"),
        ('[sync]\nmemory_limit = "much"', "sync.memory_limit", "256MB"),
        ("[sync]\nparalell = 3", "sync.paralell", "did you mean 'parallel'?"),
        ("sync = 3", "sync", "[sync]"),
        ('[keyring]\nbackend = "Keyring"', "keyring.backend", "class path"),
        ('[targets]\nacos = "about 0.28"', "targets.acos", '"<= 0.28"'),
        ("[targets]\nacos = 0.28", "targets.acos", '"<= 0.28"'),
        ("currency = USD", "", "quotes"),
    ],
)
def test_a_fault_names_file_key_and_remedy(paths: Paths, text: str, key: str, remedy: str) -> None:
    paths.config.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(paths)
    assert str(paths.config) in caught.value.message
    assert f": {key}" in caught.value.message
    assert remedy in caught.value.hint
    assert caught.value.exit_code == 2


def test_the_display_zone_follows_the_machine(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert load_config(paths).timezone == "Asia/Tokyo"
