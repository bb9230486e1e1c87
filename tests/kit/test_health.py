from sqlalchemy import text

from tests.support.api import World


def test_readiness_does_not_wait_for_a_writer(world: World) -> None:
    database = world.app.state.database
    with database.unit_of_work() as session:
        session.execute(text("update size_classes set source = source"))
        assert world.client.get("/health/ready").status_code == 200


def test_a_database_that_is_not_migrated_is_not_ready(world: World) -> None:
    with world.app.state.database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '0000'"))
    answer = world.client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["code"] == "not_ready"
    assert world.client.get("/health/live").status_code == 200
