"""A tender's opened bids, its rules and what its firms still can do, as one allocation problem."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.allocation.document import FORMAT
from app.bids import queries as bids
from app.bids import wording as bid_wording
from app.bids.models import Bid
from app.directory import ledger
from app.directory import queries as directory
from app.directory.queries import FirmFacts
from app.kit.types import decimal_text
from app.scenarios.errors import NoStandingBids, TenderNotOpened
from app.tenders import queries as tenders
from app.tenders import wording as tender_wording
from app.tenders.models import Tender

Document = dict[str, Any]
EVALUABLE = ("opened", "evaluated")


def assemble(
    session: Session,
    tender: Tender,
    *,
    rules: Sequence[Mapping[str, Any]],
    objective: Sequence[Mapping[str, Any]],
) -> Document:
    """Return the problem of a tender's standing bids; refuse a tender that has none, or is sealed.

    A resource that several consortia count on stands in the problem once, with what the ledger has
    left of it in each of the tender's periods.
    """
    if tender.status not in EVALUABLE:
        raise TenderNotOpened(status=tender.status)
    standing = bids.standing_bids(session, tender.id)
    if not standing:
        raise NoStandingBids
    members = _members(session, standing)
    offers = [offer for bid in standing for offer in bid_wording.problem_offers(bid)]
    firms = directory.firm_facts(session, {firm for of in members.values() for firm in of})
    lots = tenders.lots(session, tender.id)
    return {
        "format": FORMAT,
        **tender_wording.problem_frame(tender, lots, _region_of(session)),
        "firms": [_firm(firm, firms.get(firm)) for firm in _distinct(members.values())],
        "bidders": [{"id": bid.bidder_id, "members": members[bid.id]} for bid in standing],
        "resources": _resources(session, tender, members, offers),
        "offers": offers,
        "rules": list(rules),
        **({"objective": list(objective)} if objective else {}),
    }


def _members(session: Session, standing: Sequence[Bid]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {bid.id: [] for bid in standing}
    for row in bids.members_of(session, members):
        members[row.bid_id].append(row.organisation_id)
    return {bid_id: sorted(firms) for bid_id, firms in members.items()}


def _distinct(lists: Iterable[Iterable[str]]) -> list[str]:
    return sorted({firm for firms in lists for firm in firms})


def _firm(firm_id: str, facts: FirmFacts | None) -> Document:
    if facts is None:
        return {"id": firm_id}
    known = {"size": facts.size, "region": facts.region, "group": facts.group}
    return {"id": firm_id} | {name: value for name, value in known.items() if value}


def _resources(
    session: Session, tender: Tender, members: Mapping[str, list[str]], offers: Sequence[Document]
) -> list[Document]:
    """Return each resource that an offer uses, with what is left of it in each period."""
    used = {use["resource"] for offer in offers for use in offer.get("uses", ())}
    if not used:
        return []
    left = ledger.remaining(session, used, tender_wording.spans(tender))
    return [
        {
            "id": resource.id,
            "firm": resource.organisation_id,
            "capacity": [decimal_text(amount) for amount in left[resource.id]],
        }
        for resource in directory.resources_of(session, _distinct(members.values()))
        if resource.id in used
    ]


def _region_of(session: Session) -> Callable[[str], str | None]:
    def region(code: str) -> str | None:
        found = directory.regency(session, code)
        return found.region if found else None

    return region
