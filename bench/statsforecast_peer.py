"""AutoETS or Croston SBA on a file of daily sales; writes sums of 84 days. Needs bench/peers.txt, nothing of kpiterm.

Days are taken to be independent and normal, as dashboards do that know no quantiles of sums.
"""

from __future__ import annotations

import sys
from importlib import import_module

_AHEAD = 84
_NORMAL = {"q50": 0.0, "q90": 1.2816, "q95": 1.6449, "q99": 2.3263}


def main(model: str, train: str, out: str) -> None:
    pandas, library = import_module("pandas"), import_module("statsforecast")
    models = import_module("statsforecast.models")
    known = pandas.read_csv(train, parse_dates=["ds"])[["unique_id", "ds", "y"]]
    chosen = models.AutoETS(season_length=7) if model == "AutoETS" else models.CrostonSBA()
    levels = {"level": [80]} if model == "AutoETS" else {}
    found = library.StatsForecast(models=[chosen], freq="D").forecast(df=known, h=_AHEAD, **levels)
    if model == "AutoETS":
        found["deviation"] = (found[f"{model}-hi-80"] - found[model]) / _NORMAL["q90"]
    else:
        recent = known.groupby("unique_id").tail(90).groupby("unique_id")["y"].std()
        found["deviation"] = found["unique_id"].map(recent)
    found[model] = found[model].clip(lower=0)
    found["variance"] = found["deviation"] ** 2
    sums = found.groupby("unique_id")[[model, "variance"]].sum().reset_index()
    rows = pandas.DataFrame({"unique_id": sums["unique_id"], "h": _AHEAD, "mean": sums[model]})
    for name, height in _NORMAL.items():
        rows[name] = (sums[model] + height * sums["variance"] ** 0.5).clip(lower=0)
    rows.to_csv(out, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
