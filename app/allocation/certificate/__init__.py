"""The producer of certificates: exact proofs of a result's bounds that anybody can check."""

from collections.abc import Mapping
from typing import Any

from app.allocation.options import OnProgress, ShouldStop

__all__ = ["certify"]


def certify(
    document: Mapping[str, Any],
    result: Mapping[str, Any],
    *,
    budget_nodes: int = 200,
    should_stop: ShouldStop | None = None,
    on_progress: OnProgress | None = None,
) -> dict[str, Any]:
    """Return a certificate of a result; see ``app.allocation.certificate.proving.certify``."""
    from app.allocation.certificate import proving  # noqa: PLC0415  # OR-Tools loads on first use

    return proving.certify(
        document,
        result,
        budget_nodes=budget_nodes,
        should_stop=should_stop,
        on_progress=on_progress,
    )
