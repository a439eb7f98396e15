from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from kpiterm.analysis.contract.model import Score
from kpiterm.analysis.contract.parse import find_contract, read_contract
from kpiterm.errors import ConfigError
from tests.unit.analysis.contract.agreed import contract, text

SERVICE = """
[terms.service]
scope = ["operations", "ads"]
data_owner = "seller"
access = [
  { platform = "amazon", principal = "ops@provider", role = "Advertising", level = "edit", until = 2027-08-31 },
]
confidentiality_until = 2029-08-31
notice_days = 60
transition_days = 30
review = { every = "14d", weekday = "Tue" }
pilot = { start = 2026-09-01, end = 2026-10-31, pass_score = "0.9" }
contacts = [ { side = "provider", name = "A. Person", role = "account manager" } ]
handover = ["listings", "raw data"]
"""


def test_everything_that_was_signed_is_read() -> None:
    found = contract({"signed_at = 2026-08-20": "signed_at = 2026-08-20\nuntil = 2027-08-31"}, more=SERVICE)
    assert (found.id, found.parties["provider"], found.until) == ("seller-us", "Provider Inc", date(2027, 8, 31))
    (terms,) = found.terms
    assert (terms.base_fee, terms.pool_share, terms.score) == (Decimal(8000), Decimal("0.5"), Score())
    assert [tier.rate for tier in terms.commission.tiers] == list(map(Decimal, ("0.05", "0.07", "0.09")))  # type: ignore[union-attr]
    service = terms.service
    assert service is not None
    assert service.access[0].until == date(2027, 8, 31)
    assert (service.review_days, service.review_weekday, service.notice_days) == (14, "Tue", 60)
    assert service.pilot is not None
    assert service.pilot.pass_score == Decimal("0.9")
    assert service.contacts[0]["role"] == "account manager"


def test_the_terms_in_force_are_the_latest_until_the_contract_ends() -> None:
    found = contract({"signed_at = 2026-08-20": "signed_at = 2026-08-20\nuntil = 2027-08-31"})
    known = [found.in_force(day) for day in (date(2026, 8, 31), date(2026, 9, 1), date(2027, 8, 31), date(2027, 9, 1))]
    assert [terms and terms.version for terms in known] == [None, 1, 1, None]


def test_a_template_holds_no_contract(tmp_path: Path) -> None:
    file = tmp_path / "contract.toml"
    file.write_text("".join(f"# {line}\n" for line in text().splitlines()))
    assert find_contract(file) is None
    with pytest.raises(ConfigError, match="contract: missing"):
        read_contract(file)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('id = "seller-us"', 'id = "../x"', "contract.id"),
        ('timezone = "America/Los_Angeles"', 'timezone = "Mars"', "contract.timezone"),
        ('currency = "USD"', 'currency = "dollars"', "contract.currency"),
        ('currency = "USD"', 'curency = "USD"', "contract.curency"),
        ('base_fee = "8000"', 'base_fee = "-1"', "terms[1].base_fee"),
        ('base_fee = "8000"', "base_fee = 8000.5", "terms[1].base_fee"),
        ('base_fee = "8000"', 'base_fees = "8000"', "terms[1].base_fees"),
        ('floor = "0.70"', 'floor = "0.99"', "terms[1].score.floor"),
        ('stretch = "1.10"', 'stretch = "1.01"', "terms[1].score.stretch"),
        ('missing = "reweight"', 'missing = "guess"', "terms[1].missing"),
        ('floor = "24"', "floor = true", "terms[1].kpis.response_p90_h.floor"),
        ('stretch = "6"\nmax_attainment = "1.2"', 'max_attainment = "0.9"', "terms[1].kpis.response_p90_h.max"),
        ('baseline = "300000"\n', "", "terms[1].commission.baseline"),
        ('"2026-10" = "1.08"', '"october" = "1.08"', "terms[1].commission.seasonal_index.october"),
        ('from = "100000"', 'from = "50000"', "terms[1].commission.tiers[3].from"),
        ('method = "marginal"', 'method = "both"', "terms[1].commission.method"),
    ],
)  # fmt: skip
def test_a_fault_names_file_key_and_remedy(tmp_path: Path, old: str, new: str, key: str) -> None:
    file = tmp_path / "seller.toml"
    file.write_text(text({old: new}))
    with pytest.raises(ConfigError) as caught:
        read_contract(file)
    assert caught.value.message.startswith(f"{file}: {key}")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('data_owner = "seller"', 'data_owner = "both"', "data_owner"),
        ('every = "14d"', 'every = "often"', "review.every"),
        ('level = "edit"', 'level = "all"', "access[1].level"),
        ("end = 2026-10-31", "end = 2026-08-31", "pilot.end"),
        ("notice_days = 60", "notice_day = 60", "notice_day"),
    ],
)
def test_a_fault_of_the_service_terms_is_named_too(old: str, new: str, key: str) -> None:
    assert old in SERVICE
    with pytest.raises(ConfigError) as caught:
        contract(more=SERVICE.replace(old, new))
    assert f"terms[1].service.{key}: " in caught.value.message
