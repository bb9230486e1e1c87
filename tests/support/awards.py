"""Steps of awards and orders over HTTP, and a tender that is ready for them."""

import copy
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import make_url

from app.kit.config import Settings
from app.kit.events.models import Event
from app.main import create_app
from tests.support.api import Firm, World
from tests.support.bids import joint, offer, submit
from tests.support.databases import PostgresTemplate
from tests.support.directory import add_resource, profiled
from tests.support.networks import active_network
from tests.support.scenarios import solved_run
from tests.support.tenders import close_and_open, lot, publish_tender

RIVAL_PRICE = "98765.4321"
WEEKS = [f"2027-01-{day:02d}" for day in (4, 11, 18, 25)]
WEEKS += [f"2027-02-{day:02d}" for day in (1, 8, 15, 22)]


@dataclass
class Market:
    """An opened tender of two lots: the network wins the brackets, the lone firm the hinges.

    Brackets: 600 and 400 at 12500.25, 2500000 once, 400000 per delivery and 75 freight each; the
    lead firm does 0.6 of the work, the second member 0.4, a third none. Hinges: 100 and 101 at
    900.005. The rival asks far more for both. The network needs 32 and 22 hours of its press.
    """

    world: World
    buyer: Firm
    lead: Firm
    second: Firm
    idle: Firm
    lone: Firm
    rival: Firm
    network: dict[str, Any]
    press: str
    tender_id: str
    run: dict[str, Any] | None = None

    def solved(self, **asked: Any) -> dict[str, Any]:
        """Another finished scenario of the tender."""
        return solved_run(self.world.app, self.buyer, self.tender_id, **asked)

    def award(self, run: dict[str, Any] | None = None) -> dict[str, Any]:
        """The tender's award, by its first scenario if no other is given."""
        return award(self.buyer, self.tender_id, run or self.first())

    def first(self) -> dict[str, Any]:
        """The tender's first scenario, solved when it is asked for."""
        if self.run is None:
            self.run = self.solved()
        return self.run

    def orders(self) -> list[dict[str, Any]]:
        """The orders of the tender's award, whole, as the buyer reads them."""
        placed = place(self.buyer, self.award())
        return [self.buyer.get(f"/v1/orders/{order['id']}").json() for order in placed]


def press_of(firm: Firm, hours: str = "40") -> str:
    """A press with the same hours in every week of the tender."""
    return str(add_resource(firm, "press", "stamping", dict.fromkeys(WEEKS, hours))["id"])


def market(world: World, *, contract_form: str = "single", **tender: Any) -> Market:
    """The tender of `Market`, its bids opened and no scenario asked for yet."""
    buyer = world.firm("PT Pusat")
    names = ("CV Pemimpin", "CV Kedua", "CV Diam", "CV Tunggal", "CV Pesaing")
    lead, second, idle, lone, rival = (profiled(world, name) for name in names)
    network = active_network(lead, second, idle, contract_form=contract_form)
    press = press_of(lead)
    lots = [lot("bracket", increment="1"), lot("hinge", ("100", "101"), increment="1")]
    tender_id = publish_tender(world, buyer, lots, **tender)["id"]
    bracket = offer(
        "bracket",
        price="12500.25",
        setup="2500000",
        delivery_cost="400000",
        freight="75",
        uses=[{"resource": press, "per_unit": "0.05", "per_delivery": "2"}],
        workshare={lead.id: "0.6", second.id: "0.4"},
    )
    joint(lead, [second, idle], tender_id, [bracket], network)
    submit(lone, tender_id, [offer("hinge", price="900.005")])
    submit(rival, tender_id, [offer(code, price=RIVAL_PRICE) for code in ("bracket", "hinge")])
    close_and_open(world, tender_id)
    return Market(world, buyer, lead, second, idle, lone, rival, network, press, tender_id)


class Prepared:
    """A market with a finished scenario in a database that each test gets a copy of.

    Making it takes fifty requests: too many for every test to begin with.
    """

    def __init__(self, url: str, folder: Path, server: PostgresTemplate | None = None) -> None:
        self._url = make_url(url)
        self._template = copy.copy(server)
        if self._template is not None:
            self._template.name = str(self._url.database)
        app = create_app(Settings(database_url=url, data_dir=folder, pool_size=4))
        with TestClient(app) as client:
            self._market = market(World(app, client))
            self._market.first()
            self._offset = app.state.clock.offset

    @contextmanager
    def copied(self, folder: Path) -> Iterator[str]:
        """The address of a copy that lasts for one test."""
        if self._template is not None:
            with self._template.copy() as url:
                yield url
            return
        path = folder / "prepared.sqlite3"
        shutil.copy(str(self._url.database), path)
        yield f"sqlite:///{path}"

    def on(self, world: World) -> Market:
        """The market as it stands in the copy that a world runs on."""
        world.app.state.clock.offset = self._offset
        known = {field.name: getattr(self._market, field.name) for field in fields(Market)}
        revived = {
            name: replace(value, client=world.client)
            for name, value in known.items()
            if isinstance(value, Firm)
        }
        return Market(**{**known, **revived, "world": world})


def ask_award(buyer: Firm, tender_id: str, run: dict[str, Any], **given: Any) -> Response:
    """Ask to award a tender by a scenario; returns the answer whatever it is."""
    body = {"scenario_id": run["id"], "reason": "Lowest cost"}
    return buyer.post(f"/v1/tenders/{tender_id}/awards", body, **given)


def award(buyer: Firm, tender_id: str, run: dict[str, Any]) -> dict[str, Any]:
    """Award a tender by a scenario."""
    answer = ask_award(buyer, tender_id, run)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def place(buyer: Firm, awarded: dict[str, Any]) -> list[dict[str, Any]]:
    """Place the orders of an award; returns them as the list has them."""
    placed: list[dict[str, Any]] = buyer.made(f"/v1/awards/{awarded['id']}/orders")["orders"]
    return placed


def events(world: World, *kinds: str) -> list[Event]:
    """The events of these kinds, in the order of their recording."""
    with world.app.state.database.read() as session:
        rows = session.query(Event).where(Event.type.in_(kinds)).order_by(Event.id)
        return list(rows)


def colleague(firm: Firm, role: str = "purchasing") -> Firm:
    """Another user of the same organisation, who holds no power to bind it."""
    user = firm.made("/v1/users", {"name": "Budi", "email": "budi@example.co.id", "role": role})
    scopes = ["awards:write", "awards:read", "orders:write", "orders:read"]
    if role == "sales":
        scopes = ["orders:write", "orders:read"]
    key = firm.made("/v1/api-keys", {"label": "colleague", "scopes": scopes, "user_id": user["id"]})
    return Firm(firm.client, firm.id, firm.name, user["id"], key["secret"])


@pytest.fixture(scope="session")
def prepared_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("prepared")
    shutil.copy(sqlite_template, folder / "market.sqlite3")
    return Prepared(f"sqlite:///{folder / 'market.sqlite3'}", folder)


@pytest.fixture(scope="session")
def prepared_postgres(
    postgres_template: PostgresTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prepared]:
    with postgres_template.copy() as url:
        yield Prepared(url, tmp_path_factory.mktemp("prepared"), postgres_template)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def prepared(request: pytest.FixtureRequest) -> Prepared:
    made: Prepared = request.getfixturevalue(f"prepared_{request.param}")
    return made


@pytest.fixture
def database_url(prepared: Prepared, tmp_path: Path) -> Iterator[str]:
    with prepared.copied(tmp_path) as url:
        yield url


@pytest.fixture
def ready(prepared: Prepared, world: World) -> Market:
    return prepared.on(world)
