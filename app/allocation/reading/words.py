"""The words that every part of the format is written in."""

from app.allocation.reading.kinds import ListOf, Number, Text
from app.allocation.reading.objects import Field

AMOUNT = Number()
POSITIVE = Number(above_low=True)
SIGNED = Number(low=None)
PERCENT = Number(high=100)
WHOLE = Number(whole=True)
ID = Text()
IDS = ListOf(ID)
LABEL = Text(may_be_empty=True)
TAGS = Field(IDS, "Words for rules to select by.")
