"""A pack in one language: which sections it has, and what stands at its head and foot."""

from __future__ import annotations

from kpiterm.i18n import N_, Translate, teller
from kpiterm.report import details, diagnosis, exit_list, fees, scores, watch
from kpiterm.report.blocks import Page, Section
from kpiterm.report.pack import Pack

_TITLES = {
    "weekly": N_("Weekly review"), "monthly": N_("Monthly review"), "onboarding": N_("Onboarding diagnosis"),
    "handover": N_("Exit handover"),
}  # fmt: skip


def page(pack: Pack, language: str) -> Page:
    """The same figures and the same hash, whatever the language."""
    _ = teller(language)
    period, title = pack["period"], _TITLES[pack["kind"]]
    parties = pack["contract"]["parties"].values() if pack["contract"] else ()
    facts = [
        (_("Client"), pack["workspace"]),
        (_("Period"), _("{0} to {1}, data through {2}").format(period["start"], period["end"], period["through"])),
        (_("As of"), f"{pack['as_of'][:19].replace('T', ' ')} UTC"),
    ]
    if pack["contract"]:
        told = _("{0}, terms version {1}").format(pack["contract"]["id"], pack["contract"]["terms_version"])
        facts.insert(1, (_("Contract"), told))
    return Page(
        language=language,
        title=f"{_(title)} {period['label']}",
        subtitle=" · ".join(parties),
        facts=facts,
        sections=[section for section in _sections(pack, language, _) if section],
        foot=_("Frozen document {0}: the same in every language; `kpiterm report --from FILE.json` checks it.").format(
            pack["hash"]
        ),
    )


def _sections(pack: Pack, language: str, _: Translate) -> list[Section | None]:
    if pack["kind"] == "handover":
        return [exit_list.items(pack, _), exit_list.exports(pack, _)]
    if pack["kind"] == "onboarding":
        return [
            diagnosis.health(pack, language, _), diagnosis.ads(pack, _), diagnosis.stock(pack, _),
            diagnosis.frame(pack, language, _), details.all_figures(pack, language, _), details.gaps(pack, language, _),
            details.data(pack, _),
        ]  # fmt: skip
    return [
        scores.summary(pack, language, _), scores.scorecard(pack, language, _), scores.causes(pack, language, _),
        fees.fee(pack, _), details.stock(pack, language, _), watch.delays(pack, _), watch.findings(pack, language, _),
        watch.clauses(pack, language, _), watch.dates(pack, language, _), details.minutes(pack, _),
        details.all_figures(pack, language, _),
        details.data(pack, _), details.definitions(pack, language, _),
    ]  # fmt: skip
