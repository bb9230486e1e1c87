"""Steps of the directory over HTTP."""

from typing import Any

from tests.support.api import Firm, World


def profiled(
    world: World,
    name: str,
    *,
    sales: str = "4200000000",
    regency: str = "33.28",
    group: str | None = None,
) -> Firm:
    """Register a firm with a profile; by default a small firm in Kabupaten Tegal."""
    firm = world.firm(name)
    answer = firm.put(
        "/v1/profile",
        {
            "annual_sales": sales,
            "sales_year": 2025,
            "regency_code": regency,
            "ownership_group": group,
            "classifications": [{"scheme": "kbli", "edition": "2020", "code": "25920"}],
        },
    )
    assert answer.status_code == 200, answer.text
    return firm


def add_resource(
    firm: Firm, code: str, process: str = "laser_cutting", weeks: dict[str, str] | None = None
) -> dict[str, Any]:
    """Add a resource with its capacity by Monday."""
    resource = firm.made("/v1/resources", {"code": code, "name": code, "process": process})
    if weeks:
        entries = [{"from_week": week, "per_week": amount} for week, amount in weeks.items()]
        answer = firm.put(f"/v1/resources/{resource['id']}/capacity", {"weeks": entries})
        assert answer.status_code == 200, answer.text
    return resource
