"""What to know before a value is used, a sentence each."""

from __future__ import annotations

import numpy as np

from mmm.clv.file import Holdout
from mmm.clv.spec import ClvSpec
from mmm.clv.summary import Customers

FAR_OFF = 0.2  # of the orders held back; a plan's other errors are smaller
ROUGH = 0.1  # effective share of 1,500 proposals: with 150 an end of an interval is 0.2 sd off
RELATED = 0.3  # Pearson; gamma-gamma takes spend and frequency to be independent


def notes_about(
    customers: Customers, spec: ClvSpec, holdout: Holdout | None, *, merged: int
) -> tuple[str, ...]:
    """Assumptions that were made, and those that the data speak against."""
    longest = float(np.max(customers.T))
    repeaters = (customers.x > 1) & (customers.mean_repeat > 0)
    found = []
    if spec.margin == 1:
        found.append("Values are revenue: no margin was given.")
    if spec.currency is None:
        found.append("No currency was given: a scenario cannot check that it is its own.")
    if spec.end is None:
        found.append("The table is taken to end with its last order: say `end` if it is later.")
    if spec.new_since is None:
        found.append(
            "Everybody's first order in the table is taken for the first ever: "
            "say `new_since` if the table begins later."
        )
    if spec.horizon_weeks > longest + 1:
        found.append(
            f"The horizon of {spec.horizon_weeks:g} weeks is beyond what was observed "
            f"({longest:.0f} weeks): the rest is the model's."
        )
    if merged:
        found.append(f"{merged} segments below {spec.min_size} customers are shown as other.")
    if repeaters.sum() > 2:
        logs = np.log(customers.x[repeaters]), np.log(customers.mean_repeat[repeaters])
        related = float(np.corrcoef(*logs)[0, 1]) if min(map(np.ptp, logs)) > 0 else 0.0
        if abs(related) > RELATED:
            found.append(
                f"REVIEW: customers who order more often spend {'more' if related > 0 else 'less'}"
                f" per order (correlation {related:+.2f}); the value takes them to be unrelated."
            )
    if holdout is None:
        found.append("REVIEW: too short or too few repeat orders to check the prediction.")
    elif abs(holdout.predicted - holdout.actual) > FAR_OFF * max(holdout.actual, 1):
        off = "" if holdout.error is None else f" ({holdout.error:+.0%} off)"
        found.append(
            f"REVIEW: predicted from the weeks before, the last {holdout.weeks:.0f} weeks would "
            f"have had {holdout.predicted:,.0f} repeat orders; they had {holdout.actual:,}{off}."
        )
    return tuple(found)


def about_draws(efficiency: float) -> tuple[str, ...]:
    """Whether so small an effective share of proposals makes intervals rough."""
    if efficiency >= ROUGH:
        return ()
    return (f"REVIEW: intervals are rough: {efficiency:.0%} of the draws tried count.",)
