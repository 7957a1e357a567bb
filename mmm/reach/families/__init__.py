"""Reach families. A new one is one file here, one entry in REACH_FAMILIES, one row in tests."""

from mmm.reach.families._base import ReachFamily, first_where
from mmm.reach.families.beta_binomial import BetaBinomial
from mmm.reach.families.binomial import Binomial
from mmm.reach.families.independence import Independence
from mmm.reach.families.nbd import NegativeBinomial

REACH_FAMILIES: tuple[ReachFamily, ...] = (
    NegativeBinomial(),
    Independence(),
    Binomial(),
    BetaBinomial(),
)

__all__ = [
    "REACH_FAMILIES",
    "BetaBinomial",
    "Binomial",
    "Independence",
    "NegativeBinomial",
    "ReachFamily",
    "by_name",
    "first_where",
    "names",
]


def names() -> tuple[str, ...]:
    """Names a model.yaml may use."""
    return tuple(family.name for family in REACH_FAMILIES)


def by_name(name: str) -> ReachFamily:
    """The family called ``name``. Raises KeyError for any other word."""
    return {family.name: family for family in REACH_FAMILIES}[name]
