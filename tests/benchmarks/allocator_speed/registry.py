"""Every part of the benchmark: one function in one file, one line here."""

from __future__ import annotations

from .baselines import baselines
from .campaigns import campaigns
from .careful import careful
from .concave_weeks import concave_weeks
from .cost import cost
from .hill_posterior import hill_posterior
from .part import Part
from .random_instances import random_instances
from .s_shaped import s_shaped
from .scip import scip
from .steady import steady
from .variants import variants
from .weekly import weekly

PARTS = (
    Part("steady", "Scenarios one after another", steady),
    Part("variants", "Variants of a scenario", variants),
    Part("s-shaped", "A hundred S-shaped lines", s_shaped),
    Part("campaigns", "Thousands of campaigns", campaigns),
    Part("weekly", "An amount for every week", weekly),
    Part("careful", "Heeding the bad draws", careful),
    Part("baselines", "The same curves, other methods", baselines),
    Part("scip", "The exact functions, a global solver", scip),
    Part("random", "Random S-shaped instances", random_instances),
    Part("concave", "PyMC-Marketing's case", concave_weeks),
    Part("posterior", "S-shaped channels of a public set", hill_posterior),
    Part("cost", "Cost against size", cost),
)
