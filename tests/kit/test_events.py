import json
import threading
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import text

from app.kit.db import Database
from app.kit.events import queries, record, sequencer

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def _append(database: Database, *kinds: str) -> None:
    with database.unit_of_work() as session:
        for kind in kinds:
            record(session, kind, subject="s", at=NOW, organisation=None, actor=None, data={"n": 1})


def _sequence(database: Database) -> int:
    with database.unit_of_work() as session:
        return sequencer.sequence(session)


def _kinds(database: Database) -> list[tuple[int | None, str]]:
    with database.read() as session:
        return [(event.seq, event.type) for event in queries.chain(session, 0, 100)]


def test_events_get_their_place_once_in_the_order_they_were_recorded(database: Database) -> None:
    _append(database, "a.one", "a.two", "a.three")
    assert _sequence(database) == 3
    assert _sequence(database) == 0
    _append(database, "a.four")
    assert _sequence(database) == 1
    assert _kinds(database) == [(1, "a.one"), (2, "a.two"), (3, "a.three"), (4, "a.four")]
    with database.read() as session:
        assert sequencer.broken_at(session) is None


def test_a_changed_missing_or_moved_event_breaks_the_chain_where_it_stands(
    database: Database,
) -> None:
    _append(database, *(f"a.{number}" for number in range(5)))
    _sequence(database)
    for damage, place in (
        ("update events set type = 'a.x' where seq = 3", 3),
        ("update events set seq = 9 where seq = 5", 5),
        ("delete from events where seq = 2", 2),
    ):
        with database.engine.connect() as connection:
            transaction = connection.begin()
            connection.execute(text(damage))
            with database_session(connection) as session:
                assert sequencer.broken_at(session) == place
            transaction.rollback()


def test_anybody_can_reckon_the_chain_from_the_events_themselves(database: Database) -> None:
    """Written out from docs/decisions/0005 by itself: what an auditor would do."""
    with database.unit_of_work() as session:
        for number in range(3):
            record(
                session,
                "tender.published",
                subject=f"ten_{number}",
                at=NOW,
                organisation="org_a",
                actor="usr_b",
                data={"lots": number, "name": "Besi é"},
            )
    _sequence(database)
    with database.read() as session:
        found = list(queries.chain(session, 0, 10))
    link = bytes(32)
    for event in found:
        content = {
            "actor_id": event.actor_id,
            "data": event.data,
            "id": event.id,
            "occurred_at": "2026-12-01T00:00:00.000000Z",
            "organisation_id": event.organisation_id,
            "request_id": event.request_id,
            "subject_id": event.subject_id,
            "type": event.type,
        }
        text_of = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        leaf = sha256(b"\x00" + bytes.fromhex(event.salt) + text_of.encode()).digest()
        link = sha256(b"\x01" + link + leaf).digest()
        assert (event.leaf_sha256, event.chain_sha256) == (leaf.hex(), link.hex())
    assert len({event.salt for event in found}) == 3


def database_session(connection):
    from sqlalchemy.orm import Session

    return Session(bind=connection, join_transaction_mode="create_savepoint")


def test_an_event_that_commits_late_comes_later_and_is_not_lost(postgres_url: str) -> None:
    """The race that a feed ordered by write time loses: it is read past the late row."""
    database = Database(postgres_url)
    opened, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with database.unit_of_work() as session:
            record(session, "slow.first", subject="s", at=NOW, organisation=None, actor=None)
            session.flush()
            opened.set()
            finish.wait(timeout=30)

    thread = threading.Thread(target=slow)
    thread.start()
    opened.wait(timeout=30)
    _append(database, "quick.second")
    assert _sequence(database) == 1
    read_so_far = _kinds(database)
    finish.set()
    thread.join()
    assert _sequence(database) == 1
    assert read_so_far == [(1, "quick.second")]
    assert _kinds(database) == [(1, "quick.second"), (2, "slow.first")]
    database.dispose()


def test_two_sequencers_give_every_event_one_place(postgres_url: str) -> None:
    database = Database(postgres_url)
    _append(database, *(f"a.{number}" for number in range(50)))

    def work() -> None:
        for _ in range(20):
            with database.unit_of_work() as session:
                sequencer.sequence(session, limit=5)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while _sequence(database):
        pass
    with database.read() as session:
        assert sequencer.broken_at(session) is None
        assert len(queries.chain(session, 0, 100)) == 50
    database.dispose()


def test_the_sequencer_thread_works_until_it_is_stopped(database: Database) -> None:
    thread = sequencer.Sequencer(database, 0.01)
    thread.start()
    _append(database, "a.one", "a.two")
    for _ in range(1000):
        if len(_kinds(database)) == 2:
            break
        threading.Event().wait(0.01)
    thread.stop()
    assert not thread.is_alive()
    assert _kinds(database) == [(1, "a.one"), (2, "a.two")]
