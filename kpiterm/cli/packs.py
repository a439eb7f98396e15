"""Review packs for the command: the figures of a period gathered from the store, frozen, and written in all formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kpiterm.cli import board, pack_contract, reviews
from kpiterm.errors import KpitermError, UsageError
from kpiterm.report.pack import Kind, Pack, frozen, read_pack, stem, text

if TYPE_CHECKING:
    from kpiterm.analysis.cause.result import By, Cause, Line
    from kpiterm.analysis.contract.model import Contract
    from kpiterm.analysis.kpi.definition import Definition
    from kpiterm.analysis.view import Gauge, Span, View
    from kpiterm.cli.session import Session

LANGUAGES = pack_contract.LANGUAGES
_UNWATCHED: Mapping[str, object] = {"deadlines": [], "clauses": [], "findings": [], "delays": []}
_LINES, _ORDERS = 8, 12
_DIAGNOSED = timedelta(days=90)
_BY: Mapping[str, By] = {"ads": "campaign"}


def read(file: Path) -> Pack:
    """A frozen pack from its file, checked against its fingerprint."""
    try:
        return read_pack(file.read_text("utf-8"), str(file))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", hint="name the .json file of a pack") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file}: not UTF-8", hint="name the .json file of a pack") from None


def gather(session: Session, kind: Kind, period: str | None) -> Pack:
    """All figures of a pack as of the session's moment; with `--as-of`, the same bytes again and again."""
    # One moment for everything in it.
    session = replace(session, as_of=session.now())
    span = _span(session, kind, period)
    from kpiterm.analysis.period import label

    name = label(span)
    view = board.compute(replace(session, lang="en"), name)
    agreed = _contract(session)
    catalogue = board.catalogue(session)
    content: dict[str, object] = {
        "kind": kind,
        "workspace": session.paths.workspace,
        "as_of": view.as_of.isoformat().replace("+00:00", "Z"),
        "snapshot": view.snapshot,
        "period": {"label": name, "start": f"{span.start}", "end": f"{span.end}", "through": f"{_through(view, span)}"},
        "contract": _heading(agreed, span),
        **_kpis(view, catalogue, span),
    }
    if kind == "onboarding":
        from kpiterm.analysis.diagnosis import diagnose

        months = board.compute(replace(session, lang="en"), "last")
        with session.reader() as reader:
            return frozen({**content, **diagnose(reader, months.gauges, span), "accounts": _accounts(view)})
    if kind == "handover":
        if agreed is None:
            raise UsageError("no contract, so no exit list", hint="kpiterm init writes a commented contract")
        return frozen({**content, **pack_contract.exit_state(session, agreed)})
    return frozen({**content, **_review(session, view, agreed, span, kind)})


def _span(session: Session, kind: Kind, period: str | None) -> Span:
    from kpiterm.analysis.period import parse_period

    today = session.now().date()
    if period is None and kind == "onboarding":  # rates that platforms report are readings of today
        return parse_period(f"{today - _DIAGNOSED}..{today}", today)
    if period is None and kind == "weekly":
        year, week, _ = (today - timedelta(days=7)).isocalendar()
        period = f"{year}-W{week:02}"
    return parse_period(period or "last", today)


def _through(view: View, span: Span) -> str:
    """The last day that any figure counts."""
    return f"{max((g.period.through for g in view.gauges if g.value is not None), default=span.start)}"


def _contract(session: Session) -> Contract | None:
    from kpiterm.cli import contracts

    return contracts.contract(session, None) if any(session.paths.contracts.glob("*.toml")) else None


def _heading(agreed: Contract | None, span: Span) -> Mapping[str, object] | None:
    if agreed is None:
        return None
    held = [terms for terms in agreed.terms if terms.effective_from <= span.end]
    if not held:
        return None
    return {"id": agreed.id, "parties": dict(agreed.parties), "terms_version": held[-1].version}


def _kpis(view: View, catalogue: Mapping[str, Definition], span: Span) -> Mapping[str, object]:
    from kpiterm.analysis.period import label, past
    from kpiterm.analysis.view import headlines

    first = set(headlines(view.gauges))
    shown = [g for g in view.gauges if g in first or g.value is None]
    labels = {
        count: [_short(label(s)) for s in past(span, count)] for count in {len(g.history) for g in shown} if count
    }
    names = {g.id for g in shown}
    return {
        "kpis": [_entry(g, labels.get(len(g.history), [])) for g in shown],
        "definitions": {
            kpi: {
                "version": d.version, "hash": f"sha256:{d.hash.removeprefix('sha256:')}",
                "name": {lang: d.name[lang] for lang in LANGUAGES},
                "sentence": {lang: d.sentence[lang] for lang in LANGUAGES},
            }
            for kpi, d in catalogue.items()
            if kpi in names
        },
    }  # fmt: skip


def _entry(gauge: Gauge, labels: Sequence[str]) -> Mapping[str, object]:
    from kpiterm.analysis.view_json import gauge_json

    reasons = pack_contract.both(gauge.reason) if gauge.reason else None
    return gauge_json(gauge) | {"reasons": reasons, "labels": labels}


def _short(name: str) -> str:
    return name.rpartition("..")[2] if ".." in name else name


def _review(session: Session, view: View, agreed: Contract | None, span: Span, kind: Kind) -> Mapping[str, object]:
    with session.reader() as reader:
        before = reviews.last_pack(reader, kind, f"{span.start}")
        notes, items = reviews.minutes(reader, before), reviews.actions(reader, session.now(), before)
    return {
        "statement": _statement(session, agreed, span),
        "causes": list(_causes(session, view, span)),
        "reorder": _reorder(session),
        **(pack_contract.watch(session, agreed, span) if agreed else _UNWATCHED),
        "minutes": notes,
        "actions": items,
        "accounts": _accounts(view),
    }


def _reorder(session: Session) -> list[Mapping[str, object]]:
    """What is to be ordered first, as of the session's moment."""
    from kpiterm.analysis.inventory.order.to_json import line_json
    from kpiterm.cli import reorders

    plan = reorders.compute(session)
    return [line_json(line, plan, "en") for line in reorders.due(plan)[:_ORDERS]]


def _accounts(view: View) -> list[Mapping[str, object]]:
    from kpiterm.analysis.view_json import account_json

    return [account_json(account) for account in view.accounts]


def _statement(session: Session, agreed: Contract | None, span: Span) -> Mapping[str, Any] | None:
    """The month that the period ends in; None where no terms were in force yet."""
    from kpiterm.cli import contracts, settling

    if agreed is None:
        return None
    try:
        month = contracts.period_of(agreed, f"{span.end:%Y-%m}")
    except UsageError:
        return None
    found = settling.settled(session, agreed, month)
    return {key: value for key, value in found.items() if key not in {"contract_text", "values"}}


def _causes(session: Session, view: View, span: Span) -> Iterator[Mapping[str, object]]:
    """Why each agreed figure changed, where it can be taken apart."""
    from kpiterm.analysis.period import label

    told = set()
    for gauge in view.gauges:
        if gauge.weight is None or gauge.id in told or gauge.value is None:
            continue
        told.add(gauge.id)
        by = _BY.get(gauge.group, "sku")
        try:
            named = {
                lang: board.cause(replace(session, lang=lang), gauge.id, label(span), by=by, channel=None, top=_LINES)
                for lang in LANGUAGES
            }
        except KpitermError:
            continue  # a figure of the platform's own cannot be taken apart; the scorecard tells its state
        yield _cause(named)


def _cause(named: Mapping[str, Cause]) -> Mapping[str, object]:
    """One cause, whose KPI has a name in each language."""
    from kpiterm.analysis.cause.settle import shown
    from kpiterm.analysis.cause.story import remarks, tell
    from kpiterm.analysis.cause.words import LANGUAGES as WORDS
    from kpiterm.analysis.cause.words import factor_of, quantum, signed, value_of
    from kpiterm.analysis.format import plain
    from kpiterm.analysis.period import label

    causes = {lang: shown(cause, quantum(cause)) for lang, cause in named.items()}
    rounded = causes["en"]
    return {
        "kpi": rounded.kpi,
        "period": label(rounded.period),
        "against": label(rounded.against),
        "direction": rounded.direction,
        "before": plain(rounded.before),
        "after": plain(rounded.after),
        "texts": {"before": value_of(rounded, rounded.before), "after": value_of(rounded, rounded.after)},
        "steps": [
            {
                "amount": plain(size),
                "label": {lang: factor_of(rounded, factor, WORDS[lang]) for lang in LANGUAGES},
                "text": {lang: signed(rounded, size, WORDS[lang]) for lang in LANGUAGES},
            }
            for factor, size in rounded.parts.items()
        ],
        "lines": [_line(rounded, line) for line in rounded.lines],
        "story": {lang: tell(cause, lang) for lang, cause in causes.items()},
        "notes": {lang: remarks(cause, lang) for lang, cause in causes.items()},
    }


def _line(cause: Cause, line: Line) -> Mapping[str, object]:
    from kpiterm.analysis.cause.words import LANGUAGES as WORDS
    from kpiterm.analysis.cause.words import counted, signed
    from kpiterm.analysis.format import plain

    before, after = line.days_out

    def remark(lang: str) -> str:
        words = WORDS[lang]
        said = [words.kinds[line.kind].format(counted(after, lang))] if line.kind in words.kinds else []
        said += [words.days_out.format(counted(after, lang))] if after and line.kind == "both" else []
        said += [words.days_out_before.format(counted(before, lang))] if before and line.kind == "both" else []
        return ("；" if lang == "zh" else "; ").join(said)

    name = f"{line.name} · {line.title}" if line.title else line.name
    return {
        "label": name,
        "channel": line.channel,
        "change": plain(line.change),
        "change_text": {lang: signed(cause, line.change, WORDS[lang]) for lang in LANGUAGES},
        "remark": {lang: remark(lang) for lang in LANGUAGES},
    }


def write(pack: Pack, language: str, folder: Path) -> list[Path]:
    """HTML, Markdown and XLSX in a language, and the document behind them; each file whole or not at all."""
    from kpiterm.report.html import html
    from kpiterm.report.markdown import markdown
    from kpiterm.report.tell import page
    from kpiterm.report.workbook import write_workbook

    folder.mkdir(parents=True, exist_ok=True)
    told, name = page(pack, language), stem(pack)
    files = {
        folder / f"{name}.json": text(pack),
        folder / f"{name}.{language}.html": html(told),
        folder / f"{name}.{language}.md": markdown(told),
    }
    for file, content in files.items():
        draft = file.with_name(f".{file.name}.part")
        draft.write_text(content, "utf-8")
        draft.replace(file)
    book = folder / f"{name}.{language}.xlsx"
    draft = book.with_name(f".{book.name}.part")
    write_workbook(told, draft, datetime.fromisoformat(str(pack["as_of"])))
    draft.replace(book)
    return [*files, book]


def remember(session: Session, pack: Pack) -> None:
    """Enter that it was frozen, so that the next one knows which minutes and actions are new."""
    from kpiterm.store import journal

    detail = {key: pack[key] for key in ("kind", "as_of", "hash")} | {"period": cast("str", pack["period"]["start"])}
    journal.append(session.paths.journal, reviews.PACK, detail)
