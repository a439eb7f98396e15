"""The demo's contract beside its money: moved to today, with a list of users and evidence that hold planted faults."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from typing import TYPE_CHECKING

from kpiterm.paths import private_dir

if TYPE_CHECKING:
    from kpiterm.cli.session import Session
    from kpiterm.sandbox import Sandbox

# Beside what the sandboxes' own tokens show: a stranger, one whose time is over, and the provider as the store's owner.
_USERS = (
    ("amazon", "owner@larkhill.example", "Account owner", "edit"),
    ("amazon", "manager@provider.example", "Advertising", "edit"),
    ("amazon", "launch@provider.example", "Inventory", "edit"),
    ("amazon", "freelance@designs.example", "Listings", "edit"),
    ("shopify", "owner@larkhill.example", "Store owner", "edit"),
    ("shopify", "manager@provider.example", "Store owner", "edit"),
)
# Days before the stock-out ended.
_RESTOCKED = {"published": 73, "acknowledged": 71, "order by": 67, "ordered": 64}
_COMPLIANCE = """[[groups]]
name = "everything that is sold"
skus = ["*"]
requires = ["UPC"]

[[groups.documents]]
kind = "UPC"
file = "evidence/gs1.txt"
sha256 = "{upc}"

[[groups]]
name = "claims in the texts"
skus = ["*"]
requires = ["FTC"]

[[groups.documents]]
kind = "FTC"
file = "evidence/ftc.txt"
sha256 = "{ftc}"
valid_until = {ftc_until}
"""


def write(session: Session, box: Sandbox) -> None:
    """Contract, compliance file with its evidence, the stock-out's order, and the list of users, entered as a person
    would."""
    from kpiterm.cli.commands.contract_access import enter

    today = box.clock().date()
    _restocked(session, box)
    (private_dir(session.paths.contracts) / "demo.toml").write_text(contract(today), "utf-8")
    _evidence(session, today)
    file = private_dir(session.paths.spool) / "users.csv"
    seen = today - timedelta(days=3)
    lines = ["platform,principal,role,level,seen on", *(",".join((*user, f"{seen}")) for user in _USERS)]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    enter(file, "demo", session)
    file.unlink()


def contract(today: date) -> str:
    """The demo's contract: it ends next year, and its pilot was the two months before this one."""
    text = resources.files("kpiterm.cli").joinpath("demo_contract.toml").read_text("utf-8")
    last = today.replace(day=1) - timedelta(days=1)
    moved = {
        "2027-12-31": f"{today.year + 1}-12-31",
        "2029-12-31": f"{today.year + 3}-12-31",
        "2026-08-01": f"{_before(last.replace(day=1))}",
        "2026-09-30": f"{last}",
    }
    for written, day in moved.items():
        text = text.replace(written, day)
    return text


def _evidence(session: Session, today: date) -> None:
    """One document in order, and one that runs out."""
    folder = private_dir(session.paths.root / "evidence")
    texts = {"gs1.txt": "GS1 licence of the simulated seller\n", "ftc.txt": "Substantiation of the claims\n"}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    upc, ftc = (hashlib.sha256(text.encode()).hexdigest() for text in texts.values())
    filled = _COMPLIANCE.format(upc=upc, ftc=ftc, ftc_until=today + timedelta(days=20))
    (session.paths.compliance).write_text(filled, "utf-8")


def _restocked(session: Session, box: Sandbox) -> None:
    """How the goods came that ended the stock-out of the story: ordered three days late, delivered four days late, and
    about two days longer at the platform than is usual."""
    from kpiterm.analysis.contract.acts import usual_days
    from kpiterm.analysis.inventory.supply.defaults import receiving
    from kpiterm.analysis.inventory.supply.faults import Faults
    from kpiterm.analysis.inventory.supply.files import read_supply
    from kpiterm.analysis.inventory.supply.model import OrderLine, PurchaseOrder
    from kpiterm.analysis.inventory.supply.orders import to_detail
    from kpiterm.store import journal

    stories = box.shop.demand.stories
    if stories is None:
        return
    sku, end = stories.roles["stock_out"], stories.sold_out[1] + timedelta(days=1)
    usual = receiving(read_supply(session.paths.root / "supply.toml", Faults()), "amazon.com")
    waited = min(range(2, 90), key=lambda n: abs(n - 2 - usual_days(usual, end - timedelta(days=n))))
    days = _RESTOCKED | {"arrived": waited, "promised": waited + 4}
    ago = {name: end - timedelta(days=n) for name, n in days.items()}
    line = {
        "account": "demo-us",
        "channel": "amazon.com",
        "sku": sku,
        "quantity": 240,
        "order_by": f"{ago['order by']}",
    }
    published = {"as_of": f"{ago['published']}", "lines": [{**line, "mode": "sea"}]}
    order = PurchaseOrder(
        id="PO-1001", supplier="demo-factory", account="demo-us", channel="amazon.com", mode="sea", currency="USD",
        lines=(OrderLine(sku=sku, units=240, received=240),), promised=ago["promised"],
        reached={"ordered": ago["ordered"], "checked_in": ago["arrived"], "received": end},
    )  # fmt: skip
    entry = journal.append(session.paths.journal, "reorder.publish", published, now=_noon(ago["published"]))
    heard = {"publish": entry.seq}
    journal.append(session.paths.journal, "reorder.acknowledge", heard, now=_noon(ago["acknowledged"]))
    journal.append(session.paths.journal, "po.add", to_detail(order), now=_noon(end))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(19), UTC)


def _before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)
