import pytest

from app.directory import ledger
from app.directory.calendar import Span
from tests.support.api import World
from tests.support.directory import add_resource, profiled

PROFILE = {"annual_sales": "4200000000", "sales_year": 2025, "regency_code": "33.28"}


@pytest.mark.parametrize(
    ("sales", "size"),
    [
        ("0", "micro"),
        ("2000000000", "micro"),
        ("2000000000.01", "small"),
        ("15000000000", "small"),
        ("50000000000", "medium"),
        ("50000000001", "large"),
    ],
)
def test_the_size_class_follows_from_sales(world: World, sales: str, size: str) -> None:
    firm = profiled(world, "CV Ukuran", sales=sales)
    assert firm.get("/v1/profile").json()["size_class"] == size


def test_others_see_the_size_class_and_never_the_sales(world: World) -> None:
    firm, other = profiled(world, "CV Satu"), world.firm("CV Dua")
    seen = other.get(f"/v1/profiles/{firm.id}").json()
    assert seen["size_class"] == "small"
    assert seen["region"] == "ID-JT"
    assert "annual_sales" not in seen
    assert "4200000000" not in other.get("/v1/profiles").text


def test_firms_are_found_by_size_region_and_process(world: World) -> None:
    one = profiled(world, "CV Satu")
    profiled(world, "CV Dua", sales="1", regency="35.78")
    add_resource(one, "laser", "laser_cutting")

    def found(query: str) -> list[str]:
        return [
            item["organisation_id"] for item in one.get(f"/v1/profiles?{query}").json()["items"]
        ]

    assert found("size_class=small") == [one.id]
    assert found("region=ID-JT") == [one.id]
    assert found("process=laser_cutting") == [one.id]
    assert len(found("")) == 2
    assert found("process=welding") == []


def test_a_change_needs_the_revision_that_was_read(world: World) -> None:
    firm = profiled(world, "CV Satu")
    tag = firm.get("/v1/profile").headers["etag"]
    assert firm.put("/v1/profile", PROFILE).status_code == 428
    assert firm.put("/v1/profile", PROFILE, headers={"If-Match": '"r99"'}).status_code == 412
    changed = PROFILE | {"about": "new"}
    assert firm.put("/v1/profile", changed, headers={"If-Match": tag}).status_code == 200
    assert firm.put("/v1/profile", changed, headers={"If-Match": tag}).status_code == 412
    assert firm.get("/v1/profile").json()["classifications"] == []


def test_what_is_known_is_not_sent_again(world: World) -> None:
    firm = profiled(world, "CV Satu")
    tag = firm.get("/v1/profile").headers["etag"]
    answer = firm.get("/v1/profile", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert answer.content == b""


def test_unknown_codes_are_all_named(world: World) -> None:
    firm = world.firm("CV Satu")
    asked = PROFILE | {
        "regency_code": "99.99",
        "classifications": [
            {"scheme": "kbli", "edition": "2020", "code": "25920"},
            {"scheme": "kbli", "edition": "2025", "code": "25920"},
            {"scheme": "kbli", "edition": "2020", "code": "00000"},
        ],
    }
    answer = firm.put("/v1/profile", asked)
    assert answer.status_code == 422
    places = [error["pointer"] for error in answer.json()["errors"]]
    assert places == ["/regency_code", "/classifications/1", "/classifications/2"]
    assert firm.get("/v1/profile").status_code == 404


@pytest.mark.parametrize(
    "sales", [1.5, "-1", "NaN", "1e5", "1" * 30, True, None, "0.0000000000001"]
)
def test_an_amount_that_is_not_exact_is_refused(world: World, sales: object) -> None:
    firm = world.firm("CV Satu")
    answer = firm.put("/v1/profile", PROFILE | {"annual_sales": sales})
    if sales == 1.5:  # an exact JSON number is taken as it is written
        assert answer.json()["annual_sales"] == "1.5"
    else:
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/annual_sales"]


def test_a_resource_needs_a_profile_and_a_known_process_and_its_own_code(world: World) -> None:
    asked = {"code": "laser-1", "name": "Laser", "process": "laser_cutting"}
    assert world.firm("CV Baru").post("/v1/resources", asked).json()["code"] == "profile_missing"
    firm = profiled(world, "CV Satu")
    assert firm.post("/v1/resources", asked | {"process": "magic"}).status_code == 422
    assert firm.post("/v1/resources", asked | {"unit": "u" * 21}).status_code == 422
    made = firm.post("/v1/resources", asked)
    assert made.status_code == 201
    assert firm.get(made.headers["location"]).json()["code"] == "laser-1"
    assert firm.post("/v1/resources", asked).json()["code"] == "code_taken"


def test_the_same_key_makes_one_resource(world: World) -> None:
    firm = profiled(world, "CV Satu")
    asked = {"code": "laser-1", "name": "Laser", "process": "laser_cutting"}
    headers = {"Idempotency-Key": "k1"}
    first = firm.post("/v1/resources", asked, headers=headers)
    again = firm.post("/v1/resources", asked, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = firm.post("/v1/resources", asked | {"code": "laser-2"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert len(firm.get("/v1/resources").json()["items"]) == 1


def test_a_resource_of_another_firm_is_not_there(world: World) -> None:
    mine = add_resource(profiled(world, "CV Satu"), "laser")
    other = profiled(world, "CV Dua")
    path = f"/v1/resources/{mine['id']}"
    assert other.get(path).status_code == 404
    assert other.get(f"{path}/capacity").status_code == 404
    weeks = {"weeks": [{"from_week": "2027-01-04", "per_week": "1"}]}
    assert other.put(f"{path}/capacity", weeks).status_code == 404


def test_the_calendar_shows_what_is_promised(world: World, database) -> None:
    from datetime import UTC, date, datetime
    from decimal import Decimal

    firm = profiled(world, "CV Satu")
    press = add_resource(firm, "press", "stamping", {"2027-01-04": "40"})["id"]
    with database.unit_of_work() as session:
        ledger.hold(
            session,
            holder_id="a",
            needs={press: [Decimal(30)]},
            spans=[Span(date(2027, 1, 4), 1)],
            at=datetime.now(UTC),
        )
    path = f"/v1/resources/{press}/capacity"
    week = {"week": "2027-01-04", "capacity": "40", "reserved": "30", "remaining": "10"}
    assert firm.get(f"{path}?from_week=2027-01-04").json()["weeks"] == [week]
    answer = firm.put(path, {"weeks": [{"from_week": "2027-01-04", "per_week": "29.9"}]})
    assert answer.status_code == 409
    assert answer.json()["code"] == "below_reservations"
    answer = firm.put(path, {"weeks": [{"from_week": "2027-01-04", "per_week": "30"}]})
    assert answer.json()["weeks"][0]["remaining"] == "0"


def test_a_calendar_is_kept_by_weeks(world: World) -> None:
    firm = profiled(world, "CV Satu")
    path = f"/v1/resources/{add_resource(firm, 'press', 'stamping')['id']}/capacity"
    for entry in (
        {"from_week": "2027-01-05", "per_week": "1"},
        {"from_week": 1798761600, "per_week": "1"},
        {"from_week": "2027-01-11", "to_week": "2027-01-04", "per_week": "1"},
        {"from_week": "2027-01-04", "per_week": "-1"},
        {"from_week": "2027-01-04", "to_week": "2047-01-07", "per_week": "1"},
        {"from_week": "9999-12-27", "per_week": "1"},
    ):
        assert firm.put(path, {"weeks": [entry]}).status_code == 422, entry
    assert firm.get(f"{path}?from_week=9999-12-27").status_code == 422
    assert firm.get(f"{path}?from_week=2999-12-30").status_code == 200


def test_reference_data_are_listed_page_by_page(world: World) -> None:
    firm = world.firm("CV Satu")
    path, seen = "/v1/regencies?region=ID-JT&limit=10", []
    cursor = ""
    while True:
        page = firm.get(path + cursor).json()
        seen += [item["code"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 35
    assert seen == sorted(seen)
    back = firm.get(f"{path}&cursor={page['prev']}").json()
    assert [item["code"] for item in back["items"]] == seen[20:30]
    assert firm.get("/v1/regencies?cursor=nonsense").status_code == 422
    codes = firm.get("/v1/classifications/kbli/2020?starts_with=2592").json()["items"]
    assert [code["code"] for code in codes] == ["2592", "25920"]
