"""How far an authorisation reaches, and the record of its use."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.identity.models import Authorisation, BindingAct
from app.kit.telemetry import current_request_id
from app.kit.types import new_id


def covers(mandate: Authorisation, amount: Decimal | None, currency: str | None) -> bool:
    """Tell whether an authorisation reaches as far as an amount; one without limit always does."""
    if mandate.limit_amount is None:
        return True
    if amount is None or currency != mandate.limit_currency:
        return False
    return amount <= mandate.limit_amount


def note_act(
    session: Session, mandate: Authorisation, user_id: str, *, via: tuple[str, str], at: datetime
) -> None:
    """Record who acted for whom, in the transaction of the act."""
    session.add(
        BindingAct(
            id=new_id("act"),
            firm_id=mandate.firm_id,
            authorisation_id=mandate.id,
            user_id=user_id,
            power=mandate.power,
            via=via[0],
            via_id=via[1],
            request_id=current_request_id(),
            at=at,
        )
    )
