"""From an award to subcontract orders over HTTP."""

from typing import Any

from app.directory.models import Reservation
from tests.support.api import Firm, World
from tests.support.awards import Market, colleague, events, market, place


def orders_of(firm: Firm, query: str = "") -> list[str]:
    answer = firm.get(f"/v1/orders{query}")
    assert answer.status_code == 200, answer.text
    return [order["id"] for order in answer.json()["items"]]


def amounts(order: dict[str, Any]) -> dict[str, str]:
    return {share["organisation_id"]: share["amount"] for share in order["shares"]}


def test_a_single_contract_is_one_order_to_the_lead_firm(ready: Market) -> None:
    first, second = ready.orders()
    assert [first["number"], second["number"]] == [1, 2]
    assert (first["seller_id"], first["network_id"]) == (ready.lead.id, ready.network["id"])
    names = (first["buyer_name"], first["seller_name"], first["network_name"])
    assert names == ("PT Pusat", "CV Pemimpin", "KSO Pelat Tegal")
    assert (first["currency"], first["total"], first["payment_days"]) == ("IDR", "15875250", 30)
    assert (first["status"], first["acknowledged_at"]) == ("placed", None)
    assert amounts(first) == {
        ready.lead.id: "9525150",
        ready.second.id: "6350100",
        ready.idle.id: "0",
    }
    assert (second["seller_id"], second["network_id"], second["network_name"]) == (
        ready.lone.id,
        None,
        None,
    )
    # 180901.005 on the line, whole rupiah in the contract.
    assert (second["lines"][0]["total"], second["total"]) == ("180901.005", "180901")
    assert amounts(second) == {ready.lone.id: "180901"}


def test_lines_are_exact_and_due_when_their_period_ends(ready: Market) -> None:
    first, second = ready.orders()
    assert first["lines"] == [
        {
            "position": 1,
            "lot": "bracket",
            "offer_id": f"{ready.network['id']}/1/for-bracket",
            "name": "bracket",
            "unit": "pc",
            "quantity": "1000",
            "price": "12500250",
            "setup": "2500000",
            "delivery": "800000",
            "freight": "75000",
            "total": "15875250",
            "schedule": [
                {"period": "2027-01", "due_on": "2027-01-31", "quantity": "600"},
                {"period": "2027-02", "due_on": "2027-02-28", "quantity": "400"},
            ],
        }
    ]
    assert [due["quantity"] for due in second["lines"][0]["schedule"]] == ["100", "101"]


def test_several_contracts_are_one_order_per_working_member(world: World) -> None:
    several = market(world, contract_form="several")
    orders = {order["seller_id"]: order for order in several.orders()}
    assert set(orders) == {several.lead.id, several.second.id, several.lone.id}
    lead, second = orders[several.lead.id], orders[several.second.id]
    assert lead["network_id"] == second["network_id"] == several.network["id"]
    assert [due["quantity"] for due in lead["lines"][0]["schedule"]] == ["360", "240"]
    assert [due["quantity"] for due in second["lines"][0]["schedule"]] == ["240", "160"]
    assert (lead["total"], second["total"]) == ("9525150", "6350100")
    assert (lead["lines"][0]["setup"], second["lines"][0]["setup"]) == ("1500000", "1000000")
    assert amounts(lead) == {several.lead.id: "9525150"}
    # Each contracts for itself: a fellow member's order is none of its business.
    assert orders_of(several.second) == [second["id"]]
    assert several.second.get(f"/v1/orders/{lead['id']}").status_code == 404
    assert orders_of(several.idle) == []


def test_ordering_commits_what_the_award_held(world: World, ready: Market) -> None:
    award = ready.award()
    placed = place(ready.buyer, award)
    with world.app.state.database.read() as session:
        rows = session.query(Reservation).all()
    assert [(row.holder_id, row.state) for row in rows] == [(award["id"], "committed")] * 2
    assert ready.buyer.get(f"/v1/awards/{award['id']}").json()["status"] == "ordered"
    assert len(placed) == 2


def test_an_award_is_ordered_once(ready: Market) -> None:
    award = ready.award()
    path = f"/v1/awards/{award['id']}/orders"
    key = {"headers": {"Idempotency-Key": "orders-1"}}
    first, replayed = (ready.buyer.post(path, **key) for _ in range(2))
    assert (first.status_code, replayed.status_code) == (201, 201)
    assert first.json() == replayed.json()
    assert first.headers["Location"] == f"/v1/orders?award_id={award['id']}"
    again = ready.buyer.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "already_ordered")
    listed = orders_of(ready.buyer, f"?award_id={award['id']}")
    assert listed == [order["id"] for order in first.json()["orders"]]


def test_only_the_buyer_orders_with_scope_and_power(world: World, ready: Market) -> None:
    path = f"/v1/awards/{ready.award()['id']}/orders"
    for outsider in (ready.lone, ready.rival, world.firm("PT Asing")):
        assert outsider.post(path).status_code == 404
    assert ready.buyer.post("/v1/awards/awd_nowhere/orders").status_code == 404
    reader = world.narrowed(ready.buyer, "orders:read")
    assert reader.post(path).json()["code"] == "scope_missing"
    answer = colleague(ready.buyer).post(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "power_missing")
    assert world.client.post(path).status_code == 401
    assert orders_of(ready.buyer) == []


def test_everybody_reads_the_orders_they_are_party_to(world: World, ready: Market) -> None:
    network, lone = (order["id"] for order in ready.orders())
    assert orders_of(ready.buyer) == [network, lone]
    for firm in (ready.lead, ready.second, ready.idle):
        assert orders_of(firm) == [network]
        assert firm.get(f"/v1/orders/{network}").status_code == 200
        assert firm.get(f"/v1/orders/{lone}").status_code == 404
    assert orders_of(ready.lone) == [lone]
    for outsider in (ready.rival, world.firm("PT Asing")):
        assert orders_of(outsider) == []
        assert outsider.get(f"/v1/orders/{network}").status_code == 404
    writer = world.narrowed(ready.buyer, "orders:write")
    assert writer.get("/v1/orders").status_code == 403


def test_lists_are_filtered_and_paged(ready: Market) -> None:
    network, lone = (order["id"] for order in ready.orders())
    assert orders_of(ready.lead, "?role=seller") == [network]
    assert orders_of(ready.second, "?role=seller") == []
    assert orders_of(ready.second, "?role=member") == [network]
    assert orders_of(ready.lead, "?role=buyer") == []
    assert orders_of(ready.buyer, "?status=acknowledged") == []
    assert orders_of(ready.buyer, "?award_id=awd_nowhere") == []
    page = ready.buyer.get("/v1/orders?limit=1").json()
    assert [order["id"] for order in page["items"]] == [network]
    assert orders_of(ready.buyer, f"?limit=1&cursor={page['next']}") == [lone]
    assert ready.buyer.get("/v1/orders?role=broker").status_code == 422


def acknowledge(firm: Firm, order_id: str, tag: str | None) -> Any:
    headers = {} if tag is None else {"If-Match": tag}
    return firm.post(f"/v1/orders/{order_id}/acknowledgement", headers=headers)


def test_the_seller_acknowledges(world: World, ready: Market) -> None:
    order, _other = ready.orders()
    read = ready.lead.get(f"/v1/orders/{order['id']}")
    tag = read.headers["ETag"]
    blind = acknowledge(ready.lead, order["id"], None)
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    assert acknowledge(ready.lead, order["id"], '"r99"').status_code == 412
    done = acknowledge(ready.lead, order["id"], tag)
    assert (done.status_code, done.json()["status"]) == (200, "acknowledged")
    assert done.json()["acknowledged_at"] is not None
    assert acknowledge(ready.lead, order["id"], tag).status_code == 412
    again = acknowledge(ready.lead, order["id"], done.headers["ETag"])
    assert (again.status_code, again.json()["code"]) == (409, "already_acknowledged")
    assert orders_of(ready.buyer, "?status=acknowledged") == [order["id"]]
    [told] = events(world, "order.acknowledged")
    assert (told.organisation_id, told.subject_id) == (ready.buyer.id, order["id"])


def test_nobody_else_acknowledges(world: World, ready: Market) -> None:
    order, _other = ready.orders()
    for party in (ready.buyer, ready.second, ready.idle):
        answer = acknowledge(party, order["id"], "*")
        assert (answer.status_code, answer.json()["code"]) == (403, "seller_only")
    for outsider in (ready.lone, ready.rival, world.firm("PT Asing")):
        assert acknowledge(outsider, order["id"], "*").status_code == 404
    powerless = colleague(ready.lead, role="sales")
    assert acknowledge(powerless, order["id"], "*").json()["code"] == "power_missing"
    reader = world.narrowed(ready.lead, "orders:read")
    assert acknowledge(reader, order["id"], "*").json()["code"] == "scope_missing"
    assert ready.buyer.get(f"/v1/orders/{order['id']}").json()["status"] == "placed"


def test_an_unchanged_order_is_not_sent_again(ready: Market) -> None:
    order, _other = ready.orders()
    path = f"/v1/orders/{order['id']}"
    tag = ready.buyer.get(path).headers["ETag"]
    assert ready.lead.get(path, headers={"If-None-Match": tag}).status_code == 304
    acknowledge(ready.lead, order["id"], tag)
    assert ready.buyer.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_each_party_is_told_its_orders_and_no_price(world: World, ready: Market) -> None:
    network, lone = ready.orders()
    placed = events(world, "order.placed")
    assert {(event.subject_id, event.organisation_id) for event in placed} == {
        *((network["id"], firm.id) for firm in (ready.lead, ready.second, ready.idle)),
        (lone["id"], ready.lone.id),
    }
    [ordered] = events(world, "award.ordered")
    assert (ordered.organisation_id, ordered.data["orders"]) == (ready.buyer.id, 2)
    for event in (*placed, ordered):
        assert not any(amount in str(event.data) for amount in ("15875250", "180901", "12500"))
