"""Every part of the suite: one file, one line here."""

from __future__ import annotations

from tests.qa.conflicts import CONFLICTS_PART
from tests.qa.dynamic import DYNAMIC
from tests.qa.goals import GOALS
from tests.qa.monotone import MONOTONE
from tests.qa.plans import PLANS
from tests.qa.tampering import TAMPERING
from tests.qa.units import UNITS

PARTS = (PLANS, DYNAMIC, GOALS, MONOTONE, UNITS, CONFLICTS_PART, TAMPERING)
