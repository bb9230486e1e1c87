"""The main job, walked over HTTP as every party would: from registration to orders."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.demo.client import Json, Party, Service, Teller
from app.demo.deciding import OPTIONS, Decision, decide
from app.demo.joining import Market, join
from app.demo.tendering import tender


@dataclass(frozen=True)
class Walked:
    """What came of it."""

    market: Market
    tender: Json
    decision: Decision

    @property
    def buyer(self) -> Party:
        """The centre factory."""
        return self.market.buyer


def walk(
    address: str,
    case: Mapping[str, Any],
    tell: Teller,
    *,
    language: str = "en",
    options: Json = OPTIONS,
) -> Walked:
    """Walk a case through the service at an address; organisations are new every time.

    Parameters
    ----------
    address
        Where the service answers, without a path.
    case
        The case, as `app.demo.case.read` returns it.
    tell
        Shown how far it is.
    language
        The language of the service's sentences.
    options
        Of the scenario: its limit, its gap and the rules to price.

    Raises
    ------
    WalkError
        With a sentence, where the service does not do what the walk needs.
    """
    service = Service(address, language)
    began = time.monotonic()
    try:
        market = join(service, case, tell)
        pace = (time.monotonic() - began) / service.calls
        opened = tender(case, market, tell, seconds_per_call=pace)
        decision = decide(market.buyer, opened["id"], tell, options)
    finally:
        service.close()
    return Walked(market, opened, decision)
