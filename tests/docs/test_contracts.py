"""What the page on contracts shows is there: commands, the schedule of access, every kind of fault."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from kpiterm.analysis.contract.access import TITLES
from kpiterm.analysis.contract.estimate import read_onboarding
from kpiterm.analysis.contract.parse import contract_from_text
from kpiterm.cli.commands.contract import ACTIONS
from kpiterm.config.toml import Section

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "contracts.md").read_text("utf-8")
HEAD = '[contract]\nid = "c"\nparties = { seller = "S" }\n[[terms]]\nversion = 1\neffective_from = 2026-01-01\n'


def test_its_commands_exist() -> None:
    used = set(re.findall(r"^kpiterm contract (\w+)", PAGE, re.MULTILINE))
    assert used <= set(ACTIONS)
    assert used >= {"access", "calendar", "faults", "compliance", "handover"}


def test_its_schedule_of_access_is_one() -> None:
    (shown,) = re.findall(r"```toml\n(\[terms\.service\].*?)```", PAGE, re.DOTALL)
    (terms,) = contract_from_text(HEAD + shown, "contracts.md").terms
    assert terms.service
    assert [a.principal for a in terms.service.access] == ["us-main", "ops@provider.example"]


def test_every_kind_of_fault_is_told() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| (?=somebody|no line|seen|a role|a right)", PAGE, re.MULTILINE)) == set(
        TITLES
    )


def test_its_answers_of_a_seller_can_be_estimated() -> None:
    (shown,) = re.findall(r"```toml\n(platforms.*?)```", PAGE, re.DOTALL)
    assert read_onboarding(Section(Path("seller.toml"), tomllib.loads(shown))).skus == 120
