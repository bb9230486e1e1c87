"""Proof that a bid entered a problem unaltered: one root over all bids, published at opening."""

from app.allocation.inclusion.bids import (
    NONCE_BYTES,
    OffersRoot,
    bid_bytes,
    commitment,
    draw_nonces,
    inclusion_faults,
    offers_root,
    parsed_root,
    root_text,
)

__all__ = [
    "NONCE_BYTES",
    "OffersRoot",
    "bid_bytes",
    "commitment",
    "draw_nonces",
    "inclusion_faults",
    "offers_root",
    "parsed_root",
    "root_text",
]
