"""The documents that SKUs must have: there, unchanged, in force."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.contract.compliance import Checked, check, check_digit_fits, load_groups, ungrouped
from kpiterm.errors import ConfigError

TODAY = date(2026, 11, 23)
SKUS = ["TOY-1", "TOY-2", "MUG-1"]
GOOD = hashlib.sha256(b"good").hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cpc.pdf").write_bytes(b"good")
    return tmp_path


def checked(folder: Path, documents: str, requires: str = '"CPC"') -> list[Checked]:
    file = folder / "compliance.toml"
    file.write_text(f'[[groups]]\nname = "toys"\nskus = ["TOY-*"]\nrequires = [{requires}]\n{documents}', "utf-8")
    groups = load_groups(file)
    assert groups
    assert ungrouped(groups, SKUS) == ["MUG-1"]
    return check(groups, SKUS, folder, TODAY)


def document(more: str = "", digest: str | None = GOOD, file: str = "cpc.pdf") -> str:
    signed = f'sha256 = "{digest}"\n' if digest else ""
    return f'[[groups.documents]]\nkind = "CPC"\nfile = "{file}"\n{signed}{more}\n'


@pytest.mark.parametrize(
    ("documents", "state", "said"),
    [
        (document(), "ok", "unchanged"),
        (document("valid_until = 2027-06-30"), "ok", "until 2027-06-30"),
        (document("valid_until = 2026-12-23"), "expiring", "ends on 2026-12-23"),
        (document("valid_until = 2026-11-22"), "expired", "ended on 2026-11-22"),
        (document("valid_until = 2026-11-22") + document(), "ok", "unchanged"),
        (document(digest="0" * 64), "changed", GOOD),
        (document(digest=None), "missing", f'sha256 = "{GOOD}"'),
        (document(file="none.pdf"), "missing", "none.pdf: No such file"),
        (document('codes = ["036000291452"]'), "ok", "unchanged"),
        (document('codes = ["036000291453"]'), "bad_code", "036000291453"),
        ("", "missing", 'kind = "CPC"'),
    ],
)
def test_how_a_required_document_stands(folder: Path, documents: str, state: str, said: str) -> None:
    (found,) = checked(folder, documents)
    assert (found.state, found.kind, found.skus) == (state, "CPC", 2)
    assert said in found.text


def test_what_is_filed_is_checked_though_nobody_requires_it(folder: Path) -> None:
    found = checked(folder, document(digest="0" * 64), requires='"FTC"')
    assert [(c.kind, c.state) for c in found] == [("FTC", "missing"), ("CPC", "changed")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('file = "/etc/passwd"', "file: found"),
        ('file = "../cpc.pdf"', "file: found"),
        ('file = "a"\nsha256 = "1"', "sha256: found"),
        ('file = "a"\nvalid = 2026-01-01', "unknown key"),
    ],
)
def test_faults_name_the_key(folder: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        checked(folder, f'[[groups.documents]]\nkind = "CPC"\n{line}\n')


@given(st.integers(0, 10**13 - 1), st.integers(1, 9))
def test_one_digit_wrong_is_always_found(number: int, off: int) -> None:
    body = f"{number:013d}"
    (code,) = [body + d for d in "0123456789" if check_digit_fits(body + d)]
    place = number % 14
    wrong = f"{code[:place]}{(int(code[place]) + off) % 10}{code[place + 1 :]}"
    assert not check_digit_fits(wrong)
    assert not any(check_digit_fits(text) for text in (code[:9], f"{code}0", f" {code}", "36000291452x", ""))
