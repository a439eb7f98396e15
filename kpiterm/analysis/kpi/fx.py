"""Exchange rates, frozen month by month in the workspace's fx.toml: a closed month must not move with the market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from kpiterm.config.toml import read_toml
from kpiterm.i18n import said


class RatesMissing(LookupError):
    """A rate that fx.toml does not hold; the text is for people."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What one unit of a currency is worth in `base`, by month (its first day)."""

    base: str | None = None
    months: Mapping[date, Mapping[str, Decimal]] = field(default_factory=dict)

    def rate(self, currency: str | None, into: str, month: date | None) -> Decimal:
        """By what to multiply amounts of `currency`. Raises RatesMissing."""
        if currency == into:
            return Decimal(1)
        return self._worth(currency, month) / self._worth(into, month)

    def _worth(self, currency: str | None, month: date | None) -> Decimal:
        if currency is not None and currency == self.base:
            return Decimal(1)
        found = self.months.get(month, {}).get(currency or "") if month else None
        if found is None:
            if month is None:
                raise RatesMissing(said("no exchange rate of {0}: add it to fx.toml", currency))
            name = f"{month:%Y-%m}"
            raise RatesMissing(said("no exchange rate of {0} for {1}: add it to fx.toml", currency, name))
        return found


NO_RATES = Rates()


def load_rates(file: Path) -> Rates:
    """fx.toml: `base = "USD"` and tables such as `["2026-10"]` with `CNY = "0.1402"`; no file, no rates.

    Raises ConfigError, which names the key.
    """
    if not file.exists():
        return NO_RATES
    root = read_toml(file)
    base = root.text("base", pattern="[A-Z]{3}", like='the currency that the rates are in, such as "USD"')
    months = {}
    for name in root.names():
        if name == "base":
            continue
        section = root.table(name)
        try:
            month = date.fromisoformat(f"{name}-01")
        except ValueError:
            root.fail(name, "no month", 'name tables by month: ["2026-10"]')
        months[month] = {currency: section.decimal(currency) for currency in section.names()}
        for currency, rate in months[month].items():
            if rate <= 0 or len(currency) != 3 or not currency.isupper():
                section.fail(currency, f"found {rate}", 'write what one unit is worth in the base: CNY = "0.1402"')
    root.finish()
    return Rates(base=base, months=months)
