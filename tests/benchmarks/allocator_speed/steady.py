"""One scenario after another in one process: 24 lines × 1,000 draws, one amount a line."""

from __future__ import annotations

from functools import partial
from statistics import median

from .local_search import equal_split, slsqp, worth
from .market import Size, hill_market, posed
from .ours import Ours, ours
from .part import Table, percent, seconds, timed, times

SIZE = Size(24, 1000)
REPEATED = 11  # evaluations of all curves, the yardstick
OTHERS = (0.8, 0.9, 1.1, 1.2)  # budgets of the scenarios that follow, relative to the first


def steady() -> Table:
    """CPU of a first scenario, of the same again, and of others on the same curves."""
    curves, budget = hill_market(1, SIZE)
    problem = posed(curves, budget)
    # other plans every time: what a curve was asked before it remembers
    shares = [1 - n / (100 * REPEATED) for n in range(REPEATED)]
    plans = [dict.fromkeys(problem.lines, share * budget / SIZE.lines) for share in shares]
    once = median(timed(partial(problem.value, plan))[1] for plan in plans)
    first = ours(problem)
    again = ours(posed(curves, budget))
    others = [ours(posed(curves, share * budget)) for share in OTHERS]
    climbed, cpu = timed(lambda: slsqp(problem, equal_split(problem), unit=budget))
    lost = 1 - worth(problem, climbed.spend) / first.value

    def row(what: str, cpu: float, gap: str) -> tuple[str, ...]:
        return what, seconds(cpu), times(cpu / once), gap

    def of(what: str, answers: list[Ours]) -> tuple[str, ...]:
        mean = sum(answer.cpu for answer in answers) / len(answers)
        return row(what, mean, percent(max(answer.gap for answer in answers)))

    return Table(
        ("", "CPU s", "evaluations of all curves", "gap"),
        (
            of("the first scenario, curves tabulated by it", [first]),
            of("the same once more", [again]),
            of("others: four budgets, mean of each", others),
            row("SLSQP on the same curves, one start", cpu, f"none; {percent(lost)} short"),
        ),
        f"{SIZE.lines} lines × {SIZE.draws:,} draws × {SIZE.weeks} weeks with {SIZE.lags} weeks of "
        "carry-over, concave and S-shaped Hill curves (slopes around 0.7 to 3), one process.",
    )
