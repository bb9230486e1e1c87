"""Steps of the walk where the service does not do what they need."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.allocation.document import FORMAT
from app.demo.client import RefusedError, WalkError
from app.demo.deciding import OPTIONS, decide
from app.demo.joining import Market
from app.demo.tendering import ATTEMPTS, tender

CASE = {
    "product": {},
    "tender": {},
    "bids": [{"bidder": "s1", "offers": [{"id": "plate", "uses": []}]}],
}


class Quiet:
    def step(self, name: str, total: float) -> None:
        pass

    def advance(self, amount: float = 1, note: str = "") -> None:
        pass


class Buyer:
    """A buyer whose tenders are opened as soon as they are published."""

    def __init__(self) -> None:
        self.drafts: list[dict[str, Any]] = []

    def post(self, path: str, body: Any = None) -> dict[str, Any]:
        if path == "/tenders":
            self.drafts.append(body)
        return {"id": f"made_{len(self.drafts)}", "closes_at": datetime.now(UTC).isoformat()}

    def get(self, path: str) -> dict[str, Any]:
        return {"id": path.rsplit("/", 1)[1], "status": "opened"}


class LateFirm:
    """A firm that is too late so many times."""

    name = "UD Terlambat"

    def __init__(self, times: int, status: str = "submitted") -> None:
        self.times = times
        self.status = status

    def post(self, path: str, body: Any) -> dict[str, Any]:
        self.times -= 1
        if self.times >= 0:
            raise RefusedError(f"POST {path}", 409, "tender_closed", "")
        return {"id": "bid_1", "status": self.status, "content_sha256": "0" * 64}


def market(buyer: Any, firm: Any) -> Market:
    return Market(buyer=buyer, firms={"s1": firm}, resources={}, networks={})


def test_a_late_bid_makes_the_buyer_tender_again_with_more_time() -> None:
    buyer = Buyer()
    opened = tender(CASE, market(buyer, LateFirm(1)), Quiet(), seconds_per_call=0)
    assert opened == {"id": "made_2", "status": "opened"}
    first, second = (datetime.fromisoformat(draft["closes_at"]) for draft in buyer.drafts)
    assert (second - first).total_seconds() > 3


def test_it_gives_up_on_a_machine_that_is_always_late() -> None:
    buyer = Buyer()
    with pytest.raises(WalkError, match="too slow"):
        tender(CASE, market(buyer, LateFirm(ATTEMPTS)), Quiet(), seconds_per_call=0)
    assert len(buyer.drafts) == ATTEMPTS


def test_a_bid_that_does_not_stand_is_a_failure() -> None:
    firm = LateFirm(0, "awaiting_consent")
    with pytest.raises(WalkError, match=r"UD Terlambat .* awaiting_consent"):
        tender(CASE, market(Buyer(), firm), Quiet(), seconds_per_call=0)


class Decider:
    """A buyer whose scenario ends in a status, with documents that fit or do not."""

    def __init__(self, run: dict[str, Any]) -> None:
        self.run = run

    def post(self, path: str, body: Any = None) -> dict[str, Any]:
        assert path == "/tenders/ten_1/scenarios", "nothing is awarded"
        return self.run

    def get(self, path: str) -> dict[str, Any]:
        return self.run

    def follow(self, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "progress", {"phase": "award", "seconds": "1.5", "gap": "0.2"}
        yield "finished", {}

    def document(self, path: str) -> bytes:
        if path.endswith("/problem"):
            return (
                f'{{"format": "{FORMAT}", "currency": "IDR", "lots": [{{"id": "plate", '
                '"unit": "pc", "demand": "10"}], "bidders": [], "offers": []}'
            ).encode()
        return b'{"format": "jejaring.allocation-result/1", "status": "optimal", "complete": true}'


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (
            {"id": "run_1", "status": "failed", "failure": {"detail": "The solver failed."}},
            "The scenario is failed. The solver failed.",
        ),
        ({"id": "run_1", "status": "done", "failure": None}, "The result does not hold: "),
    ],
)
def test_nothing_is_awarded_without_a_result_that_holds(run: dict[str, Any], sentence: str) -> None:
    with pytest.raises(WalkError) as failed:
        decide(Decider(run), "ten_1", Quiet(), OPTIONS)
    assert str(failed.value).startswith(sentence)
