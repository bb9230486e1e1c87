from app.kit.events import sequencer
from app.kit.paging import cursor_after
from tests.support.api import World


def _sequence(world: World) -> None:
    with world.app.state.database.unit_of_work() as session:
        sequencer.sequence(session)


def test_a_feed_gives_each_event_once_in_commit_order(world: World) -> None:
    firm, other = world.firm("One"), world.firm("Two")
    assert firm.get("/v1/events").json()["items"] == []
    _sequence(world)
    seen, cursor = [], ""
    for _ in range(10):
        page = firm.get(f"/v1/events?limit=3{cursor}").json()
        seen += [event["seq"] for event in page["items"]]
        cursor = f"&cursor={page['next']}"
        if not page["items"]:
            break
    assert len(seen) == 8
    assert seen == sorted(set(seen))
    firm.made("/v1/api-keys", {"label": "x", "scopes": ["profile:read"]})
    other.made("/v1/api-keys", {"label": "x", "scopes": ["profile:read"]})
    _sequence(world)
    page = firm.get(f"/v1/events?{cursor[1:]}").json()
    assert [event["type"] for event in page["items"]] == ["key.made"]
    assert firm.get(f"/v1/events?cursor={page['next']}").json()["items"] == []


def test_a_feed_shows_one_s_own_affairs_only(world: World) -> None:
    firm, other = world.firm("One"), world.firm("Two")
    _sequence(world)
    subjects = {event["subject_id"] for event in other.get("/v1/events").json()["items"]}
    assert other.id in subjects
    assert firm.id not in subjects


def test_a_foreign_cursor_is_a_defect(world: World) -> None:
    firm = world.firm("One")
    page = firm.get("/v1/regencies?limit=1").json()
    assert firm.get(f"/v1/events?cursor={page['next']}").status_code == 422
    for place in ("9" * 30, "-1", "x"):
        assert firm.get(f"/v1/events?cursor={cursor_after(place)}").status_code == 422
