"""Adstock families. A new one is one file here, one entry in ADSTOCKS and one row in the tests."""

from mmm.adstock._base import Adstock, lagged
from mmm.adstock.geometric import Geometric

ADSTOCKS: tuple[Adstock, ...] = (Geometric(),)

__all__ = ["ADSTOCKS", "Adstock", "Geometric", "by_name", "lagged", "names"]


def names() -> tuple[str, ...]:
    """Names a model.yaml may use."""
    return tuple(adstock.name for adstock in ADSTOCKS)


def by_name(name: str) -> Adstock:
    """The family called ``name``. Raises KeyError for any other word."""
    return {adstock.name: adstock for adstock in ADSTOCKS}[name]
