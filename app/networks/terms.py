"""A network's terms: what is wrong with a proposal, and the hash that members consent to."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal

from app.kit.problems import Fault
from app.kit.types import decimal_text

FORMAT = "jejaring.network-terms/1"
Member = tuple[str, Decimal]  # an organisation's id and its share


def faults(
    members: Sequence[Member], *, lead_id: str, proposer_id: str, known: Collection[str]
) -> list[Fault]:
    """Return every defect of a proposal whose fields are well formed.

    `known` are the members' ids that belong to registered organisations.
    """
    ids = [organisation_id for organisation_id, _share in members]
    found = []
    total = sum((share for _id, share in members), Decimal(0))
    if total != 1:
        found.append(
            Fault(
                "/members",
                "shares_not_one",
                "the members' shares add up to {sum}, not to 1",
                {"sum": decimal_text(total)},
            )
        )
    if proposer_id not in ids:
        found.append(
            Fault(
                "/members",
                "proposer_not_member",
                "your own organisation must be one of the members",
            )
        )
    before: Counter[str] = Counter()
    for index, organisation_id in enumerate(ids):
        place = f"/members/{index}/organisation_id"
        if before[organisation_id]:
            found.append(Fault(place, "duplicate_member", "is named more than once"))
        elif organisation_id not in known:
            found.append(Fault(place, "unknown_organisation", "is not a registered organisation"))
        before[organisation_id] += 1
    if lead_id not in ids:
        found.append(Fault("/lead_id", "lead_not_member", "must be one of the members"))
    return found


def terms_sha256(
    *,
    network_id: str,
    name: str,
    purpose: str,
    contract_form: str,
    lead_id: str,
    charter: str,
    members: Sequence[Member],
) -> str:
    """Return SHA-256 of the terms in the form of RFC 8785.

    The members stand in the order of their ids, and the network's own id is among the terms, so
    that a consent speaks about this network and no other.
    """
    terms = {
        "format": FORMAT,
        "id": network_id,
        "name": name,
        "purpose": purpose,
        "contract_form": contract_form,
        "lead_id": lead_id,
        "charter": charter,
        "members": [
            {"organisation_id": organisation_id, "share": decimal_text(share)}
            for organisation_id, share in sorted(members)
        ],
    }
    text = json.dumps(terms, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
