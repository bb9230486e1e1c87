"""Every table of every room, for Alembic and for tests of the whole schema."""

from app.awards import models as awards
from app.bids import models as bids
from app.directory import models as directory
from app.identity import models as identity
from app.kit import idempotency
from app.kit.db import Base
from app.kit.events import models as events
from app.networks import models as networks
from app.orders import models as orders
from app.scenarios import models as scenarios
from app.tenders import models as tenders

ROOMS = (
    events,
    idempotency,
    identity,
    directory,
    networks,
    tenders,
    bids,
    scenarios,
    awards,
    orders,
)
metadata = Base.metadata
