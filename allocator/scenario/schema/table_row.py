"""One row of a table that a scenario names."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from allocator.quantities import Money
from allocator.scenario.schema.constraint import Written
from allocator.weeks import WeekOrDay


class TableRow(Written):
    """Spend of a line, in a week or in all."""

    line: Annotated[str, Field(min_length=1)]
    """The line, `channel` or `channel/campaign`."""
    week: WeekOrDay | None = None
    """The week; without it the spend is the line's total over the period."""
    spend: Money
    """Currency of the file."""
