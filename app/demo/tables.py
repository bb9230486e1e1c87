"""The demonstration's outcome as tables: who makes what, when, at what cost; and the orders."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

from rich import box
from rich.padding import Padding
from rich.table import Table

from app.demo import terms
from app.demo.client import Json
from app.demo.walk import Walked
from app.demo.words import Words

WIDE = 110


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)


def allocation_table(walked: Walked, words: Words, width: int) -> Table:
    """Return one row per lot and maker, in the tender's order.

    Where there is room, the part has a column of its own and a consortium's members are named;
    elsewhere the part stands above its makers.
    """
    wide = width >= WIDE
    tender, award = walked.tender, walked.decision.award
    table = _table(words("Who makes what, by when, at what cost"))
    if wide:
        table.add_column(words("Part"), no_wrap=True)
    table.add_column(words("Maker"), footer=words("Total"))
    for period in tender["periods"]:
        table.add_column(words.day(_end(period)), justify="right", no_wrap=True)
    table.add_column(
        words("Cost ({currency})", currency=award["currency"]),
        footer=words.number(award["total"]),
        justify="right",
        no_wrap=True,
    )
    names = {firm.id: firm.name for firm in walked.market.firms.values()} if wide else {}
    for lot in tender["lots"]:
        part = [lot["name"]]
        if not wide:
            table.add_row(lot["name"], style="bold")
        for winner, line in _lines_of(award, lot["code"]):
            maker = _maker(winner["name"], line["workshare"], names, words)
            first = [*part, maker] if wide else [Padding(maker, (0, 0, 0, 2))]
            table.add_row(*first, *_quantities(tender, line, words), words.number(line["total"]))
            part = [""]  # a lot of several makers is named once
    table.show_footer = True
    return table


def _quantities(tender: Json, line: Json, words: Words) -> list[str]:
    """Return what is due in each of the tender's periods."""
    amounts = {entry["period"]: entry["quantity"] for entry in line["deliveries"]}
    return [
        words.number(amounts[period["id"]]) if period["id"] in amounts else "–"
        for period in tender["periods"]
    ]


def _end(period: Mapping[str, Any]) -> date:
    """Return the last day of a period, on which its deliveries are due."""
    return date.fromisoformat(period["starts_on"]) + timedelta(days=7 * period["weeks"] - 1)


def _lines_of(award: Json, lot: str) -> Iterator[tuple[Json, Json]]:
    for winner in award["winners"]:
        for line in winner["lines"]:
            if line["lot"] == lot:
                yield winner, line


def _maker(name: str, workshare: Mapping[str, str], names: Mapping[str, str], words: Words) -> str:
    """Return a maker; of a consortium with its members, where their names are given."""
    if not names or name in {names[firm] for firm in workshare}:
        return name
    ordered = sorted(workshare.items(), key=lambda entry: (-Decimal(entry[1]), names[entry[0]]))
    parts = ", ".join(f"{names[firm]} {words.percent(share, 0)}" for firm, share in ordered)
    return f"{name}: {parts}"


def order_table(walked: Walked, words: Words) -> Table:
    """Return one row per order."""
    table = _table(words("The orders"))
    table.add_column(words("No."), justify="right")
    table.add_column(words("Seller"))
    table.add_column(words("Consortium"))
    table.add_column(words("Parts"), justify="right")
    table.add_column(words("Deliveries"))
    currency = walked.decision.award["currency"]
    table.add_column(words("Total ({currency})", currency=currency), justify="right")
    for order in walked.decision.orders:
        due = sorted(entry["due_on"] for line in order["lines"] for entry in line["schedule"])
        first, last = (words.day(date.fromisoformat(day)) for day in (due[0], due[-1]))
        table.add_row(
            str(order["number"]),
            order["seller_name"],
            order["network_name"] or "–",
            str(len(order["lines"])),
            f"{len(due)}: {first} – {last}" if first != last else f"{len(due)}: {first}",
            words.number(order["total"]),
        )
    return table


def summary(walked: Walked, words: Words) -> Iterator[str]:
    """Yield what there is to say about cost, proof and rules, line by line."""
    decision = walked.decision
    award, result, currency = decision.award, decision.result, decision.award["currency"]
    stage = result["stages"][-1]
    yield words(
        "To pay: {total}; counting also what early deliveries, gaps and penalties cost: {cost}.",
        total=words.money(award["total"], currency),
        cost=words.money(result["cost"]["total"], currency),
    )
    yield words(
        "No award can cost less than {bound}: the proven gap is {gap}.",
        bound=words.money(stage["bound"], currency, ROUND_FLOOR),
        gap=words.percent(stage["gap"], 2, ROUND_CEILING),
    )
    if result["complete"]:
        yield words("Every part of every machine is covered.")
    else:
        yield words("Some demand is left unfilled: see the result's shortfalls.")
    yield from _rule_price(walked, words)
    yield words("Value by size of firm: {shares}.", shares=_shares(walked, words))
    yield words(
        "The result was checked again here, in exact arithmetic, without the solver: it holds."
    )


def _rule_price(walked: Walked, words: Words) -> Iterator[str]:
    rule = next(rule for rule in walked.tender["rules"] if rule["id"] == terms.PRICED_RULE)
    wanted = words(
        "At least {share} of the value is for micro and small firms.",
        share=words.percent(rule["min"], 0),
    )
    for price in walked.decision.run["rule_prices"]:
        low, high = price["cost_low"], price["cost_high"]
        if low is None or high is None:
            yield wanted
            continue
        currency = walked.decision.award["currency"]
        cost = Decimal(walked.decision.result["cost"]["total"])
        yield (
            wanted
            + " "
            + words(
                "This rule costs between {low} and {high} ({low_share} to {high_share}).",
                low=words.money(low, currency, ROUND_FLOOR),
                high=words.money(high, currency, ROUND_CEILING),
                low_share=words.percent(Decimal(low) / cost, 1, ROUND_FLOOR),
                high_share=words.percent(Decimal(high) / cost, 1, ROUND_CEILING),
            )
        )


def _shares(walked: Walked, words: Words) -> str:
    value = value_by_size(walked.decision.award, walked.decision.problem)
    total = sum(value.values(), Fraction(0))
    sizes = [name for name, _limit in terms.SIZES] + ["large"]
    shares = [(size, value.get(size, Fraction(0)) / total) for size in sizes]
    return ", ".join(
        f"{words(size)} {words.percent(Decimal(share.numerator) / share.denominator)}"
        for size, share in shares
    )


def value_by_size(award: Json, problem: Mapping[str, Any]) -> dict[str, Fraction]:
    """Return the awarded value (prices alone) by the size class of the firms that do the work."""
    size = {firm["id"]: firm["size"] for firm in problem["firms"]}
    value: dict[str, Fraction] = {}
    for winner in award["winners"]:
        for line in winner["lines"]:
            for firm, share in line["workshare"].items():
                part = Fraction(line["price"]) * Fraction(share)
                value[size[firm]] = value.get(size[firm], Fraction(0)) + part
    return value
