"""Adstock families. A new one is one file here, one entry in ADSTOCKS and one row in the tests."""

from mmm.adstock._base import Adstock, lagged
from mmm.adstock.binomial import Binomial
from mmm.adstock.delayed import Delayed
from mmm.adstock.geometric import Geometric
from mmm.adstock.none import NoAdstock
from mmm.adstock.weibull_cdf import WeibullCdf
from mmm.adstock.weibull_pdf import WeibullPdf

ADSTOCKS: tuple[Adstock, ...] = (
    Geometric(),
    Delayed(),
    Binomial(),
    WeibullCdf(),
    WeibullPdf(),
    NoAdstock(),
)

__all__ = [
    "ADSTOCKS",
    "Adstock",
    "Binomial",
    "Delayed",
    "Geometric",
    "NoAdstock",
    "WeibullCdf",
    "WeibullPdf",
    "by_name",
    "lagged",
    "names",
]


def names() -> tuple[str, ...]:
    """Names a model.yaml may use."""
    return tuple(adstock.name for adstock in ADSTOCKS)


def by_name(name: str) -> Adstock:
    """The family called ``name``. Raises KeyError for any other word."""
    return {adstock.name: adstock for adstock in ADSTOCKS}[name]
