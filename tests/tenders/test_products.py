from app.kit.db import Database
from tests.support.api import World
from tests.support.networks import recorded
from tests.support.tenders import a_product, part


def test_a_product_keeps_its_bill_of_materials(world: World, database: Database) -> None:
    buyer = world.firm("PT Pusat")
    product = a_product(buyer)
    assert [row["code"] for row in product["parts"]] == ["floor", "bracket", "controller"]
    assert product["parts"][0] == {
        "code": "floor",
        "name": "floor",
        "unit": "pc",
        "quantity_per": "1",
        "make": "subcontracted",
        "process": "laser_cutting",
        "lead_time_weeks": 2,
        "increment": "10",
        "tags": ["plate"],
    }
    assert product["parts"][1]["quantity_per"] == "2.5"
    assert buyer.get(f"/v1/products/{product['id']}").json() == product
    assert [row["id"] for row in buyer.get("/v1/products").json()["items"]] == [product["id"]]
    assert recorded(database, product["id"]) == [("product.created", buyer.id, buyer.user_id)]


def test_a_product_is_its_owners_alone(world: World) -> None:
    buyer, other = world.firm("PT Pusat"), world.firm("PT Lain")
    product = a_product(buyer)
    answer = other.get(f"/v1/products/{product['id']}")
    assert answer.status_code == 404
    assert other.get("/v1/products").json()["items"] == []
    assert a_product(other)["id"] != product["id"]


def test_a_code_names_one_product_of_an_organisation(world: World, database: Database) -> None:
    buyer = world.firm("PT Pusat")
    a_product(buyer)
    body = {"code": "edm-desktop", "name": "Another", "parts": [part("floor")]}
    answer = buyer.post("/v1/products", body)
    assert answer.status_code == 409
    assert answer.json()["code"] == "product_code_taken"
    assert "edm-desktop" in answer.json()["detail"]
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from product_parts").scalar() == 3


def test_every_part_with_a_defect_is_named_at_once(world: World, database: Database) -> None:
    buyer = world.firm("PT Pusat")
    parts = [
        part("floor"),
        part("floor", process="alchemy"),
        part("bracket"),
        part("bracket", process="magic"),
    ]
    answer = buyer.post("/v1/products", {"code": "edm", "name": "EDM", "parts": parts})
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/parts/1/code", "duplicate_code"),
        ("/parts/1/process", "unknown_process"),
        ("/parts/3/code", "duplicate_code"),
        ("/parts/3/process", "unknown_process"),
    }
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from products").scalar() == 0


def test_malformed_parts_are_all_named(world: World) -> None:
    buyer = world.firm("PT Pusat")
    bad = part(
        "a b",
        quantity_per="0",
        make="bought",
        lead_time_weeks=-1,
        increment="0",
        unit="two words",
        tags=["ok", "not ok"],
        price="1",
    )
    answer = buyer.post("/v1/products", {"code": "edm", "name": "EDM", "parts": [part("x"), bad]})
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        f"/parts/1/{name}"
        for name in (
            "code",
            "quantity_per",
            "make",
            "lead_time_weeks",
            "increment",
            "unit",
            "tags/1",
            "price",
        )
    }
    answer = buyer.post("/v1/products", {"code": "edm", "name": "EDM", "parts": []})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/parts"]


def test_a_repeated_request_makes_one_product(world: World) -> None:
    buyer = world.firm("PT Pusat")
    body = {"code": "edm", "name": "EDM", "parts": [part("floor")]}
    first, second = (
        buyer.post("/v1/products", body, headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.headers["location"] == f"/v1/products/{first.json()['id']}"
    assert second.headers["location"] == first.headers["location"]


def test_a_key_without_the_scope_is_refused(world: World) -> None:
    buyer = world.firm("PT Pusat")
    product = a_product(buyer)
    reader = world.narrowed(buyer, "tenders:read")
    assert reader.get(f"/v1/products/{product['id']}").status_code == 200
    writer = world.narrowed(buyer, "tenders:write")
    body = {"code": "edm", "name": "EDM", "parts": [part("floor")]}
    for answer in (
        reader.post("/v1/products", body),
        writer.get("/v1/products"),
        writer.get(f"/v1/products/{product['id']}"),
    ):
        assert answer.status_code == 403
        assert answer.json()["code"] == "scope_missing"
