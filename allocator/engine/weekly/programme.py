"""Linear and mixed integer programmes through SciPy, and bounds that hold."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from allocator.engine.proof.silence import silent

NOISE = 1e-7  # HiGHS's own accuracy in a MILP, after scaling: the bound is raised by it
EXACT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}

Sides = tuple[csr_array, np.ndarray, np.ndarray]
Box = tuple[np.ndarray, np.ndarray]


def linear(
    cost: np.ndarray, sides: Sides, box: Box, time_limit: float
) -> tuple[np.ndarray | None, float]:
    """Minimise: (solution, a bound that holds whatever the solver's accuracy).

    The bound is that of the dual solution, every reduced cost paid at the worse end of its range
    (Neumaier and Shcherbina, Safe bounds in linear and mixed-integer linear programming, 2004).
    """
    rows, least, most = sides
    equal = least == most
    up, down = np.isfinite(most) & ~equal, np.isfinite(least) & ~equal
    ub = vstack([rows[up], -rows[down]]).tocsr()
    limits = np.concatenate([most[up], -least[down]])
    with silent():
        found = linprog(
            cost, A_ub=ub, b_ub=limits, A_eq=rows[equal], b_eq=most[equal],
            bounds=np.stack(box, axis=1), method="highs",
            options=EXACT | {"time_limit": time_limit},
        )  # fmt: skip
    if found.status == 2:
        return None, np.inf
    if found.status != 0 or found.x is None:
        return None, -np.inf
    own, same = np.minimum(found.ineqlin.marginals, 0.0), found.eqlin.marginals
    reduced = cost - ub.T @ own - rows[equal].T @ same
    low, high = box
    bound = own @ limits + same @ most[equal] + np.minimum(reduced * low, reduced * high).sum()
    return found.x, float(bound)


def whole(
    cost: np.ndarray, sides: Sides, box: Box, which: list[int], time_limit: float
) -> tuple[np.ndarray | None, float]:
    """Minimise with some columns whole: (solution, bound)."""
    integrality = np.zeros(len(cost))
    integrality[which] = 1
    with silent():
        found = milp(
            cost,
            integrality=integrality,
            bounds=Bounds(*box),
            constraints=LinearConstraint(*sides),
            options={"time_limit": time_limit, "mip_rel_gap": 1e-7},
        )
    if found.status == 2:
        return None, np.inf
    if found.x is None:
        return None, -np.inf
    return found.x, float(found.mip_dual_bound) - NOISE * max(1.0, abs(found.mip_dual_bound))
