"""The second part of the walk: the tender is published, bid for, and opened by the server."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.demo.client import Json, Party, RefusedError, Teller, WalkError, each
from app.demo.joining import Market

LEAST_SECONDS = 3.0  # for bids, however fast the machine is
CALL_ALLOWANCE = 4  # a bid's request may take so many times the requests before it
PATIENCE = timedelta(seconds=90)  # an overdue tender is swept up within a minute
LOOK_SECONDS = 0.2
ATTEMPTS = 3

Case = Mapping[str, Any]


def tender(case: Case, market: Market, tell: Teller, *, seconds_per_call: float) -> Json:
    """Publish the tender and have everybody bid, until the server has opened it.

    The deadline is a few seconds ahead, reckoned from how fast the machine was so far; should the
    bids be late all the same, the buyer tenders again with more time.
    """
    tell.step("product", 1)
    product = market.buyer.post("/products", case["product"])
    tell.advance()
    calls = sum(1 + len(market.bidder(bid["bidder"])[1]) for bid in case["bids"])
    seconds = max(LEAST_SECONDS, calls * seconds_per_call * CALL_ALLOWANCE)
    for attempt in range(ATTEMPTS):
        published = _publish(case, market.buyer, product["id"], seconds * 3**attempt, tell)
        try:
            tell.step("bids", len(case["bids"]))
            each(case["bids"], lambda bid: _bid(published["id"], bid, market), tell)  # noqa: B023 - used at once
        except RefusedError as refused:
            if refused.code != "tender_closed":
                raise
            continue
        return _opened(market.buyer, published, tell)
    raise WalkError("This machine is too slow for the deadline of the tender.")


def _publish(case: Case, buyer: Party, product_id: str, seconds: float, tell: Teller) -> Json:
    tell.step("tender", 2)
    closes_at = datetime.now(UTC) + timedelta(seconds=seconds)
    body = {**case["tender"], "product_id": product_id, "closes_at": closes_at.isoformat()}
    draft = buyer.post("/tenders", body)
    tell.advance()
    published = buyer.post(f"/tenders/{draft['id']}/publication")
    tell.advance()
    return published


def _bid(tender_id: str, bid: Mapping[str, Any], market: Market) -> None:
    """Submit one bid; of a network, with the consent of every other member."""
    submitter, others, network_id = market.bidder(bid["bidder"])
    body: Json = {"offers": [_offer(offer, market) for offer in bid["offers"]]}
    if network_id is not None:
        body["network_id"] = network_id
    receipt = submitter.post(f"/tenders/{tender_id}/bids", body)
    consent = {"content_sha256": receipt["content_sha256"]}
    for firm in others:
        receipt = firm.post(f"/bids/{receipt['id']}/consents", consent)
    if receipt["status"] != "submitted":
        raise WalkError(
            "The bid of {name} does not stand: it is {status}.",
            name=submitter.name,
            status=receipt["status"],
        )


def _offer(offer: Mapping[str, Any], market: Market) -> Json:
    """Return an offer with the ids that the service gave instead of the case's keys."""
    changed: Json = {
        **offer,
        "uses": [{**use, "resource": market.resources[use["resource"]]} for use in offer["uses"]],
    }
    if "workshare" in offer:
        changed["workshare"] = {
            market.firms[key].id: share for key, share in offer["workshare"].items()
        }
    return changed


def _opened(buyer: Party, published: Json, tell: Teller) -> Json:
    """Wait until the server has closed and opened the tender; nobody asks it to."""
    closes_at = datetime.fromisoformat(published["closes_at"])
    waits = max(0.0, (closes_at - datetime.now(UTC)).total_seconds())
    tell.step("opening", waits)
    seen = datetime.now(UTC)
    while True:
        found = buyer.get(f"/tenders/{published['id']}")
        if found["status"] == "opened":
            return found
        now = datetime.now(UTC)
        if now > closes_at + PATIENCE:
            raise WalkError("The server did not open the tender at its time.")
        tell.advance((now - seen).total_seconds(), found["status"])
        seen = now
        time.sleep(LOOK_SECONDS)
