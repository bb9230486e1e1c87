"""What the spectator reads: makers, amounts and what the rule costs."""

from fractions import Fraction
from typing import Any

import pytest
from rich.console import Console

from app.demo import tables
from app.demo.client import Party, Service
from app.demo.deciding import Decision
from app.demo.joining import Market
from app.demo.terms import RULES
from app.demo.walk import Walked
from app.demo.words import chosen


def line(lot: str, total: str, workshare: dict[str, str]) -> dict[str, Any]:
    return {
        "lot": lot,
        "price": total,
        "total": total,
        "deliveries": [{"period": "P2", "quantity": "1500"}],
        "workshare": workshare,
    }


@pytest.fixture
def walked() -> Walked:
    service = Service("http://127.0.0.1:1", "en")
    names = {"org_1": "UD Satu", "org_2": "CV Dua", "org_3": "PT Tiga"}
    firms = {key: Party(service, name, key, "") for key, name in names.items()}
    award = {
        "currency": "IDR",
        "total": "4000000",
        "winners": [
            {
                "name": "KSO Bersama",
                "lines": [line("plate", "3000000", {"org_1": "0.25", "org_2": "0.75"})],
            },
            {"name": "PT Tiga", "lines": [line("plate", "1000000", {"org_3": "1"})]},
        ],
    }
    tender = {
        "periods": [
            {"id": "P1", "starts_on": "2027-01-04", "weeks": 3},
            {"id": "P2", "starts_on": "2027-01-25", "weeks": 3},
        ],
        "lots": [{"code": "plate", "name": "Base plate"}],
        "rules": RULES,
    }
    problem = {
        "firms": [
            {"id": "org_1", "size": "micro"},
            {"id": "org_2", "size": "small"},
            {"id": "org_3", "size": "large"},
        ]
    }
    result = {
        "complete": False,
        "cost": {"total": "4000500"},
        "stages": [{"bound": "3996499.9", "gap": "0.0010001"}],
    }
    run = {"rule_prices": [{"rule": "small-firms", "cost_low": "39999.5", "cost_high": "80010.1"}]}
    service.close()
    market = Market(firms["org_3"], firms, {}, {})
    return Walked(market, tender, Decision(run, problem, result, award, []))


def shown(walked: Walked, width: int, language: str = "en") -> str:
    console = Console(width=width, record=True, markup=False, quiet=False)
    with console.capture() as capture:
        console.print(tables.allocation_table(walked, chosen(language), width))
    return capture.get()


def test_with_room_every_member_of_a_consortium_is_named(walked: Walked) -> None:
    text = shown(walked, 120)
    assert "KSO Bersama: CV Dua 75%, UD Satu 25%" in text
    assert "PT Tiga" in text
    assert "PT Tiga:" not in text
    assert text.count("Base plate") == 1
    assert "24 Jan" in text
    assert "14 Feb" in text
    assert "1,500" in text
    assert "3,000,000" in text


def test_in_a_narrow_terminal_no_amount_is_cut(walked: Walked) -> None:
    lines = [line.rstrip() for line in shown(walked, 80, "id").splitlines()]
    assert max(map(len, lines)) <= 80
    assert "  Base plate" in lines
    assert [line.split() for line in lines if "PT Tiga" in line] == [
        ["PT", "Tiga", "–", "1.500", "1.000.000"]
    ]
    assert lines[-2].split() == ["Jumlah", "4.000.000"]


def test_the_summary_rounds_what_is_proven_to_the_safe_side(walked: Walked) -> None:
    said = list(tables.summary(walked, chosen("en")))
    assert "No award can cost less than Rp 3,996,499: the proven gap is 0.11%." in said
    assert any("costs between Rp 39,999 and Rp 80,011 (0.9% to 2.1%)" in line for line in said)
    assert any("left unfilled" in line for line in said)
    assert any("micro 18.8%, small 56.2%, medium 0.0%, large 25.0%" in line for line in said)


def test_a_consortiums_value_is_divided_by_workshare(walked: Walked) -> None:
    decision = walked.decision
    assert tables.value_by_size(decision.award, decision.problem) == {
        "micro": Fraction(750000),
        "small": Fraction(2250000),
        "large": Fraction(1000000),
    }
