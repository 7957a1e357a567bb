"""Lines without history: draws of a stated belief, or of what their channel teaches."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from model_case import random_raw
from unlearnt_case import UNLEARNT, unlearnt_data, unlearnt_spec

from mmm import saturation
from mmm.errors import InputError
from mmm.model.evidence import Evidence
from mmm.model.gather import gather
from mmm.unlearnt import unlearnt
from mmm.unlearnt.line import Line
from mmm.unlearnt.new import drawn_new_line

DRAWS = 20_000
MIDDLE = [0.05, 0.5, 0.95]


@cache
def evidence() -> dict[str, Evidence]:
    spec = unlearnt_spec()
    apart = unlearnt(spec, unlearnt_data())
    return {
        kpi: gather(spec, apart.learnt, kpi, given=apart.given(kpi))
        for kpi in ("revenue", "customers")
    }


@cache
def raw(kpi: str) -> dict[str, np.ndarray]:
    flat = random_raw(evidence()[kpi], np.random.default_rng(11), DRAWS)
    return {name: values[None] for name, values in flat.items()}


@cache
def drawn(place: int, text: str = UNLEARNT, seed: int = 5) -> Line:
    spec = unlearnt_spec(text)
    sampled = {kpi: raw(kpi) | own.resolved(raw(kpi)) for kpi, own in evidence().items()}
    return drawn_new_line(spec, spec.new_lines[place], evidence(), sampled, seed)


def steady(line: Line, kpi: str, spend: float) -> np.ndarray:
    """Weekly contribution in the long run at so much a week."""
    curve = saturation.by_name(line.saturation)
    own = line.drawn[kpi]
    shape = {name: own.parameters[f"saturation_{name}"] for name in curve.parameters}
    level = spend / (line.scale * line.cost_per_unit)
    contribution: np.ndarray = own.effect[..., 0] * curve.value(np.float64(level), **shape)
    return contribution


def test_at_the_stated_spend_it_earns_what_is_believed() -> None:
    podcast = drawn(0)
    roas = steady(podcast, "revenue", 2000.0) / 2000
    np.testing.assert_allclose(np.quantile(roas, MIDDLE), [0.5, 1.5, 4.5], rtol=0.04)
    cac = 2000 / steady(podcast, "customers", 2000.0)
    np.testing.assert_allclose(np.quantile(cac, MIDDLE), [20, 60, 180], rtol=0.04)


def test_a_new_channel_has_the_forms_of_defaults_and_no_history() -> None:
    podcast = drawn(0)
    assert (podcast.adstock, podcast.window, podcast.saturation) == ("geometric", 13, "hill")
    assert not podcast.spend.any()
    assert podcast.prior_driven
    assert podcast.labels == {"kind": "audio"}
    found = podcast.drawn["revenue"].parameters
    np.testing.assert_allclose(found["adstock_retention"].mean(), 0.5, atol=0.01)  # Beta(2, 2)
    half = found["saturation_half_saturation"]
    np.testing.assert_allclose(np.quantile(half, MIDDLE), [10**-0.5, 1, 10**0.5], rtol=0.04)


@pytest.mark.parametrize("kpi", ["revenue", "customers"])
def test_like_its_siblings(kpi: str) -> None:
    """ln(return) = ln(rate of the belief) + σ u + ω z with z standard normal, u and ω as drawn."""
    own, draws = evidence()[kpi], raw(kpi)
    per_money = steady(drawn(1), kpi, 400.0) / 400
    belief, sigma = 1.2, np.log(5.0 / 0.3) / (2 * 1.6448536)  # the default of money
    if kpi == "customers":  # a fifth of the KPI, spread by spend
        belief = 0.2 * own.kpi_values.sum() / own.spend.sum()
        sigma = np.log(0.8 / 0.05) / (2 * 1.6448536)
    u = draws["channel_return"][..., own.pooling.channels.index("search")]
    z = (np.log(per_money / belief) - sigma * u) / draws["campaign_spread"]
    assert abs(z.mean()) < 0.03
    assert z.std() == pytest.approx(1.0, abs=0.03)
    assert abs(np.corrcoef(z.ravel(), u.ravel())[0, 1]) < 0.03


def test_it_carries_over_as_its_channel_does_and_saturates_near_it() -> None:
    draws = raw("revenue")
    found = drawn(1).drawn["revenue"].parameters
    place = evidence()["revenue"].parameters[0].owners.index("search")
    np.testing.assert_array_equal(
        found["adstock_retention"], draws["adstock_retention"][..., place]
    )
    v = np.log(found["saturation_rate"] / draws["saturation_rate"][..., 0])
    v = v / draws["saturation_spread"]
    assert abs(v.mean()) < 0.03
    assert v.std() == pytest.approx(1.0, abs=0.03)
    assert (drawn(1).adstock, drawn(1).window, drawn(1).saturation) == ("geometric", 3, "logistic")


def test_a_form_of_its_own_comes_from_its_own_belief() -> None:
    stated = UNLEARNT.replace(
        "like: siblings}",
        "like: siblings, adstock: {window: 5, half_life: {median: 2, low90: 1, high90: 4}}}",
    )
    line = drawn(1, stated)
    assert line.window == 5
    kept = line.drawn["revenue"].parameters["adstock_retention"]
    np.testing.assert_allclose(np.median(kept), 2 ** (-1 / 2), rtol=0.01)


def test_a_channel_on_impressions_needs_and_takes_a_cost() -> None:
    text = UNLEARNT.replace(
        "search/shopping, weekly_spend: 400,",
        "video/shorts, weekly_spend: 400, cost_per_unit: 0.1,",
    ).replace(
        "video: {spend: social, media: impressions, impressions: views",
        "video: {campaigns: {long: {spend: social, impressions: views}}, media: impressions",
    )
    line = drawn(1, text)
    assert line.scale == pytest.approx(4000)
    assert line.cost_per_unit == 0.1


def test_the_same_seed_draws_the_same_and_lines_do_not_disturb_each_other() -> None:
    one, again = drawn(0), drawn(0, UNLEARNT + "\n")
    np.testing.assert_array_equal(one.drawn["revenue"].effect, again.drawn["revenue"].effect)
    assert not np.array_equal(one.drawn["revenue"].effect, drawn(0, seed=6).drawn["revenue"].effect)
    alone = UNLEARNT.replace("  - {line: search/shopping, weekly_spend: 400, like: siblings}\n", "")
    np.testing.assert_array_equal(
        one.drawn["revenue"].effect, drawn(0, alone).drawn["revenue"].effect
    )


def test_a_campaign_of_a_channel_on_reach_is_refused() -> None:
    text = UNLEARNT.replace("search: {campaigns", "search: {media: reach, campaigns")
    with pytest.raises(InputError, match="campaign of search, whose response runs on reach"):
        unlearnt_spec(text)


def test_what_the_data_know_is_not_new() -> None:
    text = UNLEARNT.replace("generic: {spend: generic}", "other: {spend: generic}")
    text = text.replace("line: search/shopping", "line: search/generic")
    with pytest.raises(InputError, match="'search/generic', which is in the data"):
        unlearnt(unlearnt_spec(text), unlearnt_data())
