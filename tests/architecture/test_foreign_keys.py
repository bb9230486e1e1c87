"""Foreign keys point back along the layers, as imports do."""

import configparser

import pytest

from app.kit.db import Base
from app.models import metadata
from tests.architecture.tree import ROOT


def floors() -> dict[str, int]:
    """Each room's floor, the ground being 0, as the contract of the imports has it."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    layers = contracts["importlinter:contract:house"]["layers"].split("\n")
    rooms = [layer.replace("|", ":").split(":") for layer in reversed(layers) if layer.strip()]
    return {room.strip(" ()"): floor for floor, layer in enumerate(rooms) for room in layer}


def rooms_of_tables() -> dict[str, str]:
    """The room of each table: that of the module which defines its class."""
    return {
        table.name: mapper.class_.__module__.split(".")[1]
        for mapper in Base.registry.mappers
        for table in mapper.tables
    }


def wrong_way(links: list[tuple[str, str]], order: dict[str, int]) -> list[tuple[str, str]]:
    """The links from one room to another that is not below it."""
    return [(a, b) for a, b in links if a != b and order[a] <= order[b]]


def test_every_table_belongs_to_a_room_with_a_floor() -> None:
    rooms = rooms_of_tables()
    assert set(metadata.tables) == set(rooms)
    assert set(rooms.values()) <= set(floors())


def test_foreign_keys_point_down() -> None:
    rooms = rooms_of_tables()
    links = [
        (rooms[table.name], rooms[key.column.table.name])
        for table in metadata.tables.values()
        for key in table.foreign_keys
    ]
    assert links, "no foreign key was found"
    assert wrong_way(links, floors()) == []


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        (("bids", "tenders"), False),
        (("tenders", "tenders"), False),
        (("tenders", "bids"), True),
        (("kit", "identity"), True),
        (("kit", "allocation"), True),
    ],
)
def test_which_way_is_wrong(link: tuple[str, str], wrong: bool) -> None:
    assert wrong_way([link], floors()) == ([link] if wrong else [])
