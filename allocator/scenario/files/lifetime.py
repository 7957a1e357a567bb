"""What a new customer is worth, from the ``clv.yaml`` that a scenario names."""

from __future__ import annotations

from pathlib import Path

from allocator.complaint import Complaint
from allocator.scenario.files.paths import inside
from allocator.scenario.files.shelf import Shelf
from allocator.scenario.schema import Scenario
from allocator.scenario.schema.economics import LifetimeValues
from mmm.clv import load


def with_lifetime_values(scenario: Scenario, folder: Path, shelf: Shelf) -> Scenario | Complaint:
    """The scenario with the file's means in it, so that nobody needs the file again.

    folder: the scenario's. Raises InputError with the faults of a ``clv.yaml`` that is not one.
    """
    economics = scenario.economics
    if economics is None or economics.clv is None:
        return scenario
    path = inside(economics.clv, folder)
    if isinstance(path, Complaint):
        return path
    if not path.is_file():
        return Complaint(
            f"no file {economics.clv}", "a clv.yaml of `mmm clv`", "check the path, from this file"
        )
    clv = shelf.once("clv", path, load)
    means = {
        name: sum(part.draws) / len(part.draws)
        for name, part in {"": clv.total, **clv.segments}.items()
    }
    if min(means.values()) <= 0:
        return Complaint("customers worth nothing", "values above zero")
    values = LifetimeValues(currency=clv.currency, total=means.pop(""), segments=means)
    priced = economics.model_copy(update={"clv_values": values})
    return scenario.model_copy(update={"economics": priced})
