"""How each SKU is bought, from tables of people and of other programs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpiterm.analysis.inventory.supply.faults import Faults
from kpiterm.analysis.inventory.supply.model import STAGES, Spread, Supplier, Supply, Terms, Tier
from kpiterm.analysis.inventory.supply.products import merged, read_products, write_products
from kpiterm.sync.sheets import open_sheets

SUPPLY = Supply(suppliers={"ningbo": Supplier(id="ningbo", name="N", currency="USD")})


def read(path: Path, text: str, *, strict: bool = True) -> tuple[tuple[Terms, ...], list[str]]:
    file, faults = path / "products.csv", Faults()
    file.write_text(text, "utf-8")
    return read_products(open_sheets(file)[0], SUPPLY, faults, strict=strict), [f.text for f in faults.found]


def test_a_row_says_how_a_sku_is_bought(tmp_path: Path) -> None:
    found, faults = read(
        tmp_path,
        "sku,supplier,moq,carton,currency,unit_cost,weight_kg,volume_l,modes,production,analogue\n"
        "MAT-1,ningbo,500,24,USD,500:3.20;1000:2.95,0.42,1.6,sea;air,30/40,MAT-2\n"
        "MAT-2,ningbo,,,,,,,,,\n",
    )
    assert faults == []
    assert found[0] == Terms(
        sku="MAT-1", supplier="ningbo", moq=500, carton=24, currency="USD",
        tiers=(Tier(least=500, unit_cost=Decimal("3.20")), Tier(least=1000, unit_cost=Decimal("2.95"))),
        weight_kg=Decimal("0.42"), volume_l=Decimal("1.6"), modes=("sea", "air"),
        stages={"production": Spread(p50=30, p90=40)}, analogue="MAT-2",
    )  # fmt: skip
    assert found[1] == Terms(sku="MAT-2", supplier="ningbo")


def test_the_unit_cost_falls_with_the_quantity() -> None:
    terms = Terms(
        sku="A", supplier="s", tiers=(Tier(least=500, unit_cost=Decimal(3)), Tier(least=1000, unit_cost=Decimal(2)))
    )
    assert [terms.unit_cost(units) for units in (1, 500, 999, 1000)] == [3, 3, 3, 2]
    assert Terms(sku="A", supplier="s").unit_cost(5) is None


def test_chinese_headings_and_columns_of_other_programs_are_read(tmp_path: Path) -> None:
    found, faults = read(tmp_path, "MSKU,供应商,起订量,箱规,采购单价,负责人\nA,ningbo,200,12,3.5,x\n", strict=False)
    assert faults == []
    assert (found[0].moq, found[0].carton, found[0].unit_cost(1)) == (200, 12, Decimal("3.5"))


def test_every_fault_of_every_row_is_told_with_its_place(tmp_path: Path) -> None:
    _, faults = read(
        tmp_path,
        'sku,supplier,moq,unit_cost,production,weight_kg\nA,ningpo,"1,000",3.2.1,40/30,-1\n'
        ",ningbo,5,,,\nB,ningbo,0,,,2 kg\nB,ningbo,1,,,\n",
    )
    told = "\n".join(faults)
    for place in (
        "row 2 (A), supplier: 'ningpo' is not in supply.toml → did you mean 'ningbo'?",
        "row 2 (A), moq: found '1,000'", "row 2 (A), unit_cost", "row 2 (A), production", "row 2 (A), weight_kg",
        "row 3, sku: empty", "row 4 (B), moq", "row 4 (B), weight_kg: found '2 kg'",
        "row 5 (B), sku: the SKU is there twice",
    ):  # fmt: skip
        assert place in told
    assert len(faults) == 9


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("sku,moq", "no column 'supplier' → name it 'supplier' or 'vendor'"),
        ("sku,supplier,cartons", "unknown column 'cartons' → did you mean 'carton'?"),
        ("sku,supplier,vendor", "two columns are 'supplier'"),
    ],
)
def test_a_table_with_a_wrong_header_says_so(tmp_path: Path, header: str, said: str) -> None:
    _, faults = read(tmp_path, f"{header}\n{','.join('x' * len(header.split(',')))}\n")
    assert any(said in fault for fault in faults)


def test_imported_rows_take_the_place_of_those_of_the_same_account_and_sku() -> None:
    old = (Terms(sku="A", supplier="s"), Terms(sku="B", supplier="s"), Terms(sku="A", supplier="s", account="uk"))
    new = (Terms(sku="A", supplier="t"), Terms(sku="C", supplier="t"))
    found = merged(old, new)
    assert [(t.sku, t.account, t.supplier) for t in found] == [
        ("A", None, "t"), ("B", None, "s"), ("A", "uk", "s"), ("C", None, "t"),
    ]  # fmt: skip
    supply = Supply(terms=found)
    assert [t.supplier for account in ("uk", "us") if (t := supply.terms_of(account, "A"))] == ["s", "t"]


WORDS = st.text("abcdefghijklmnopqrstuvwxyzABC0123456789-_,;'\"é棉", min_size=1, max_size=12).filter(
    lambda text: text.strip('"').strip() == text and ";" not in text
)
COSTS = st.decimals(min_value="0.01", max_value=9999, places=2)
TERMS = st.builds(
    Terms,
    sku=WORDS,
    supplier=st.just("ningbo"),
    account=st.none() | WORDS,
    moq=st.integers(1, 99999),
    carton=st.integers(1, 999),
    currency=st.sampled_from([None, "USD", "CNY"]),
    tiers=st.dictionaries(st.integers(1, 99999), COSTS, max_size=3).map(
        lambda steps: tuple(Tier(least=least, unit_cost=cost) for least, cost in sorted(steps.items()))
    ),
    weight_kg=st.none() | COSTS,
    volume_l=st.none() | COSTS,
    modes=st.lists(st.sampled_from(["sea", "air", "rail"]), unique=True).map(tuple),
    stages=st.dictionaries(
        st.sampled_from(STAGES),
        st.tuples(st.integers(0, 90), st.integers(0, 90)).map(lambda pair: Spread(p50=min(pair), p90=max(pair))),
        max_size=3,
    ),
    analogue=st.none() | WORDS,
)


@given(st.lists(TERMS, min_size=1, max_size=4, unique_by=lambda terms: (terms.account, terms.sku)))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, terms: list[Terms]) -> None:
    found, faults = read(tmp_path_factory.mktemp("products"), write_products(terms))
    assert faults == []
    assert list(found) == terms
