"""The buyers of the Walmart orders: a fixed list of marked personal data, so that a test can look for every trace."""

from __future__ import annotations

from typing import NamedTuple


class Buyer(NamedTuple):
    """Personal data as orders and returns carry them."""

    first_name: str
    last_name: str
    email: str
    phone: str
    street: str
    street2: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


# Birds, and telephone numbers of the range kept free for fiction: nothing here can be anyone's.
_NAMES = (
    ("Serinella", "Goldcrestling", "Siskinhollow Rd", "Apt 4 Linnetcourt"),
    ("Tringamora", "Sandpiperton", "Redshankmere Ave", ""),
    ("Alcedonia", "O'Kingfisherby", "Halcyonreach Ln", "Unit 12 Weircastle"),
    ("Zoëlline", "Wagtailescu", "Motacillafield St", ""),
    ("Corvina", "Jackdawsworth", "Rookerythorpe Way", "Floor 3 Steeplenest"),
    ("Turdusia", "Fieldfaremont", "Mistlethrushgate Blvd", ""),
    ("Apusine", "Swiftenheim", "Chimneyswift Ct", ""),
    ("Hirundine", "Martinsdotter", "Swallowtailbarn Dr", "Suite 9 Eavesrow"),
    ("Parulina", "Titmousewell", "Coaltitgrove Pl", ""),
    ("Łucjanna", "Nuthatchewska", "Treecreeperholt Ter", ""),
    ("Cygnetta", "Whooperstone", "Bewicklagoon Cir", "Lot 7 Reedisland"),
    ("Falconette", "Kestrelhovering", "Merlinmoor Pkwy", ""),
)
BUYERS = tuple(
    Buyer(
        first_name=first,
        last_name=last,
        email=f"{0xCA11A517B1D5 * 7919**9 * (i + 3) % 16**32:032X}@relay.walmart.com",
        phone=f"202555{100 + 7 * i:04d}",
        street=f"{1407 + 311 * i} {street}",
        street2=street2,
    )
    for i, (first, last, street, street2) in enumerate(_NAMES)
)
CANARIES = tuple(
    text
    for buyer in BUYERS
    for text in (buyer.first_name, buyer.last_name, buyer.email, buyer.phone, buyer.street, buyer.street2)
    if text
)
"""Every personal text that the payloads hold: none of them may be found in a store, a log or an export."""
