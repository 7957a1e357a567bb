"""Saturation families. A new one is one file here, one entry in SATURATIONS, one row in tests."""

from mmm.saturation._base import Saturation
from mmm.saturation.exponential import Exponential
from mmm.saturation.hill import Hill
from mmm.saturation.logistic import Logistic
from mmm.saturation.michaelis_menten import MichaelisMenten
from mmm.saturation.none import NoSaturation
from mmm.saturation.tanh import Tanh

SATURATIONS: tuple[Saturation, ...] = (
    Hill(),
    Logistic(),
    MichaelisMenten(),
    Tanh(),
    Exponential(),
    NoSaturation(),
)

__all__ = [
    "SATURATIONS",
    "Exponential",
    "Hill",
    "Logistic",
    "MichaelisMenten",
    "NoSaturation",
    "Saturation",
    "Tanh",
    "by_name",
    "names",
]


def names() -> tuple[str, ...]:
    """Names a model.yaml may use."""
    return tuple(saturation.name for saturation in SATURATIONS)


def by_name(name: str) -> Saturation:
    """The family called ``name``. Raises KeyError for any other word."""
    return {saturation.name: saturation for saturation in SATURATIONS}[name]
