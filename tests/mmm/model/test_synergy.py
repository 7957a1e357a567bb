"""Synergy: the term written out, the same in NumPy and PyTensor, absent unless asked for."""

from __future__ import annotations

import numpy as np
import pytensor.tensor as pt
import pytest
from attributed_case import NATION, case, drawn, nation, spec
from model_case import evidence as plain_evidence

from mmm.errors import InputError
from mmm.model.build import build
from mmm.model.gather import gather
from mmm.model.synergy import Synergy, interaction


@pytest.mark.parametrize("name", ["nation", "regions"])
def test_the_term_written_out(name: str) -> None:
    """Draw by draw from the contributions of single lines, which the effects give."""
    _, made = case(name)
    own, raw, derived = made["revenue"]
    values = own.resolved(raw)
    weekly = np.empty((len(raw["sigma"]), len(own.lines), len(own.geos), len(own.weeks)))
    for family in own.families:
        shape = own.by_geo(own.shapes(family, values))
        weekly[:, family.rows] = derived.effect[:, family.rows, :, None] * shape
    expected = np.zeros((len(weekly), len(own.geos), len(own.weeks)))
    for place, (a, b) in enumerate(own.synergy.pairs):
        sides = []
        for side in (a, b):
            rows = [i for i, line in enumerate(own.lines) if side in (line, line.split("/")[0])]
            brought = weekly[:, rows].sum(axis=1)
            usual = brought.sum(axis=1).mean(axis=1) / own.population.sum()  # a head and week
            sides.append(brought / own.population[:, None] / usual[:, None, None] - 1)
        strength = raw["synergy"][:, place] * raw["synergy_spread"]
        expected += strength[:, None, None] * sides[0] * sides[1]
    found = own.synergy.total(own, values, raw)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert np.abs(found).max() > 1e-3


def test_numpy_and_pytensor_agree() -> None:
    own = gather(spec(), nation(), "revenue")
    raw = {name: values[:3] for name, values in drawn(own).items()}
    values = own.resolved(raw)
    symbols = [{k: pt.as_tensor(v) for k, v in part.items()} for part in (values, raw)]
    graph = own.synergy.total(own, *symbols, xp=pt)
    np.testing.assert_allclose(
        graph.eval(mode="FAST_COMPILE"), own.synergy.total(own, values, raw), rtol=1e-9
    )


def test_nothing_is_sampled_unless_it_is_asked_for() -> None:
    own = plain_evidence()
    assert own.synergy.total(own, {}, {}) == 0.0
    without = {variable.name for variable in build(own).free_RVs}
    asked = {variable.name for variable in build(gather(spec(), nation(), "revenue")).free_RVs}
    assert not {"synergy", "synergy_spread"} & without
    assert {"synergy", "synergy_spread"} <= asked


def test_media_at_their_usual_bring_no_synergy() -> None:
    """The other factor may be anything: what a channel brings holds at the other's usual."""
    other = np.array([0.0, 0.5, 3.0])
    assert (interaction(2.0, np.ones(3), other) == 0).all()
    assert interaction(2.0, np.array(2.0), np.array(3.0)) == 4.0


def test_a_name_that_only_the_data_can_refuse() -> None:
    long = "{file: m.csv, form: long, channel: channel, campaign: campaign, spend: spend}"
    text = NATION.replace("[{file: unused.csv}]", f"[{{file: unused.csv}}, {long}]")
    text = text.replace("campaigns: {brand: {spend: a}, generic: {spend: b}}, ", "")
    wrong = spec(text.replace("search/brand, post", "search/brnd, post"))
    with pytest.raises(InputError, match=r"search/brnd.*did you mean.*search/brand"):
        gather(wrong, nation(), "revenue")
    with pytest.raises(KeyError):
        Synergy.of([("tv", "radio")], ["tv"], ["tv"])
