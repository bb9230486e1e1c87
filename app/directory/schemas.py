"""Requests and responses of the directory."""

from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from app.directory.calendar import mondays
from app.kit.http import Body, View
from app.kit.types import Amount, Code, ExactNumber, Instant, Monday, Quantity, Text, Whole

MAX_WEEKS = 260


class CodeBody(Body):
    """A code of a classification; never bare, since editions split and merge codes."""

    scheme: Annotated[Code, Field(max_length=20, examples=["kbli"])]
    edition: Annotated[Code, Field(max_length=10, examples=["2020"])]
    code: Annotated[Code, Field(max_length=40, examples=["25920"])]


class ProfileRequest(Body):
    """A firm's profile."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "annual_sales": "4200000000",
                    "sales_year": 2025,
                    "regency_code": "33.28",
                    "ownership_group": "grup-tegal",
                    "about": "Laser cutting and bending of sheet up to 12 mm.",
                    "classifications": [
                        {"scheme": "kbli", "edition": "2020", "code": "25920"},
                        {
                            "scheme": "jejaring-process",
                            "edition": "2026",
                            "code": "laser_cutting",
                        },
                    ],
                }
            ]
        }
    )

    annual_sales: Annotated[
        Amount, Field(description="Of the last full year; private: only the size class is shown.")
    ]
    sales_year: Annotated[Whole, Field(ge=2000, le=2100)]
    regency_code: Annotated[
        Code, Field(max_length=10, description="Kemendagri code of the regency or city.")
    ]
    ownership_group: Annotated[
        Code | None, Field(description="Firms of one owner name the same group.")
    ] = None
    about: Annotated[str, Field(max_length=2000)] = ""
    classifications: Annotated[list[CodeBody], Field(max_length=50, default_factory=list)]


class CodeView(View):
    """A code of a classification."""

    scheme: str
    edition: str
    code: str


class ClassificationView(CodeView):
    """A code with its titles."""

    title_en: str | None
    title_id: str | None


class ProfileView(View):
    """A firm's public profile."""

    organisation_id: str
    name: str
    size_class: str
    regency_code: str
    region: str = Field(description="ISO 3166-2 code of the province.")
    ownership_group: str | None
    about: str
    classifications: list[CodeView]
    updated_at: Instant


class OwnProfileView(ProfileView):
    """A firm's own profile, with what only it may see."""

    annual_sales: Amount
    sales_year: int


class ProfileItem(View):
    """A profile in a list."""

    organisation_id: str
    size_class: str
    regency_code: str


class RegencyView(View):
    """A regency or city."""

    code: str
    name: str
    province: str
    region: str


class ResourceRequest(Body):
    """A machine, line or crew."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "laser-1",
                    "name": "Fibre laser 3 kW",
                    "process": "laser_cutting",
                    "unit": "h",
                }
            ]
        }
    )

    code: Code
    name: Text
    process: Annotated[
        Code, Field(max_length=40, description="A code of jejaring-process, edition 2026.")
    ]
    unit: Annotated[
        Code, Field(max_length=20, description="What capacity is counted in, such as h.")
    ] = "h"


class ResourceView(View):
    """A machine, line or crew."""

    id: str
    organisation_id: str
    code: str
    name: str
    process: str
    unit: str
    revision: int


class CapacityEntry(Body):
    """The same capacity in every week from the first Monday to the last."""

    from_week: Monday
    to_week: Annotated[Monday | None, Field(description="Default: that one week.")] = None
    per_week: Quantity

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        last = self.to_week or self.from_week
        if last < self.from_week:
            msg = "to_week must not lie before from_week"
            raise ValueError(msg)
        if (last - self.from_week).days > 7 * MAX_WEEKS:
            msg = "may span at most 260 weeks"
            raise ValueError(msg)
        return self

    def weeks(self) -> dict[date, Quantity]:
        """Return the capacity of each week."""
        last = self.to_week or self.from_week
        return dict.fromkeys(mondays(self.from_week, last), self.per_week)


class CapacityRequest(Body):
    """A part of the capacity calendar; later entries override earlier ones."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "weeks": [
                        {"from_week": "2027-01-04", "to_week": "2027-03-29", "per_week": "40"},
                        {"from_week": "2027-03-15", "per_week": "0"},
                    ]
                }
            ]
        }
    )

    weeks: Annotated[list[CapacityEntry], Field(min_length=1, max_length=260)]


class CapacityWeekView(View):
    """One week of a calendar."""

    week: date
    capacity: Quantity
    reserved: ExactNumber = Field(description="Held, committed: promised to awards and orders.")
    remaining: ExactNumber


class CapacityView(View):
    """A resource's calendar."""

    resource_id: str
    unit: str
    weeks: list[CapacityWeekView]
