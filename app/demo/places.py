"""Where firms are, how far that is by road, and what carrying a ton that far costs."""

import csv
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files

EARTH_KM = 6371.0


@dataclass(frozen=True)
class Places:
    """Where firms are, and what carrying a ton from there to the centre factory costs."""

    points: Mapping[str, tuple[float, float]]
    idr_per_ton_km: Decimal
    detour: Decimal

    def road_km(self, one: str, other: str) -> int:
        """Return the length of the road between two regencies, in whole kilometres."""
        (lat1, lon1), (lat2, lon2) = self.points[one], self.points[other]
        half = (
            math.sin((lat2 - lat1) / 2) ** 2
            + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
        )
        return round(2 * EARTH_KM * math.asin(math.sqrt(half)) * float(self.detour))


def places() -> Places:
    """Read the regencies' points from the directory's reference data."""
    with (files("app.directory") / "data" / "regencies.csv").open("r", encoding="utf-8") as file:
        points = {
            row["code"]: (
                math.radians(float(row["latitude"])),
                math.radians(float(row["longitude"])),
            )
            for row in csv.DictReader(file)
        }
    freight = json.loads((files("app.demo") / "data" / "freight.json").read_text("utf-8"))
    return Places(
        points, Decimal(freight["idr_per_ton_km"]), Decimal(freight["road_detour_factor"])
    )
