"""A refresh: the earlier fit is kept, the new one says what moved and why."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from model_case import data as case_data
from model_case import evidence
from pretend_case import MODEL, pretend, table, written

import mmm.fit.conduct
from mmm.cli import app
from mmm.errors import InputError
from mmm.fit.conduct import load
from mmm.fit.files import Wish, fit_files
from mmm.fit.sampling import Piece
from mmm.fit.warm_start import KEPT, Start, layout_of, starts_of
from mmm.refresh import Refreshed, Unchanged, moved, refresh
from mmm.refresh.spec_changes import spec_changes
from mmm.refresh.text import reasons
from mmm.spec import HalfLifePrior, LogNormalPrior
from mmm.terminal import run

QUIET = Wish(cores=0)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Piece]:
    """The pieces that were sampled, by the pretend sampler."""
    pieces: list[Piece] = []

    def sample(piece, report):
        pieces.append(piece)
        return pretend(piece, report)

    monkeypatch.setattr(mmm.fit.conduct, "sample", sample)
    return pieces


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The earlier fit, of the first 74 weeks."""
    folder = tmp_path_factory.mktemp("earlier")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mmm.fit.conduct, "sample", pretend)
        models = {"one": (written(folder, weeks=74), folder / "out")}
        (outcome,) = fit_files(models, QUIET, tell=print).values()
    assert outcome.failure is None
    return folder / "out"


@pytest.fixture
def earlier(fitted: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A model file as it was then, and a copy of the fit."""
    shutil.copytree(fitted, tmp_path / "out")
    return written(tmp_path, weeks=74), tmp_path / "out"


def again(file: Path, out: Path, wish: Wish = QUIET, *, cold: bool = False) -> Refreshed:
    found = refresh(file, out, wish, tell=print, cold=cold)
    assert isinstance(found, Refreshed)
    return found


def test_new_weeks_are_the_only_cause(
    seen: list[Piece], earlier: tuple[Path, Path], tmp_path: Path
) -> None:
    file, out = earlier
    before = load(out)
    written(tmp_path)
    found = again(file, out)
    days = [str(day)[:10] for day in case_data().dates[74:]]
    assert list(found.changes.new) == days
    assert found.changes.causes == 1
    assert list(reasons(found.changes)) == [
        f"4 weeks ({days[0]} to {days[-1]}) new.",
        "What moved comes from this alone, and from the sampler's noise.",
    ]
    assert load(out).source["fit_digest"] == found.after != found.before
    kept = load(out / "earlier" / found.before[:12])
    assert kept.source == before.source
    body = json.loads((out / "refresh.json").read_text())
    assert body == json.loads(json.dumps(found.to_json()))


def test_what_moved_is_reckoned_over_the_weeks_that_both_know(
    seen: list[Piece], earlier: tuple[Path, Path], tmp_path: Path
) -> None:
    """ROAS from effect and shape by hand, for the one line whose curve is evaluated here."""
    file, out = earlier
    before = load(out)
    written(tmp_path)
    found = again(file, out)
    row = next(r for r in found.moved if (r.kpi, r.line) == ("revenue", "tv"))
    spend = table(74)["tv"].to_numpy()
    average = before.posterior["average"].sel(kpi="revenue", line="tv", geo="national")
    draws = average.to_numpy().ravel() * len(spend) / spend.sum()
    np.testing.assert_allclose(row.before, np.quantile(draws, [0.05, 0.5, 0.95]), rtol=1e-5)
    assert row.measure == "roas"
    assert {r.measure for r in found.moved if r.kpi == "orders"} == {"per_1000"}


def test_a_fit_has_not_moved_from_itself(
    seen: list[Piece], earlier: tuple[Path, Path], tmp_path: Path
) -> None:
    _, out = earlier
    one = load(out)
    for row in moved(one, one):
        assert row.before == row.after
        assert row.shift == 0


def test_the_sampler_starts_from_the_earlier_draws(
    seen: list[Piece], earlier: tuple[Path, Path], tmp_path: Path
) -> None:
    file, out = earlier
    starts = starts_of(load(out).start)
    written(tmp_path)
    seen.clear()
    found = again(file, out)
    assert found.warm == ("revenue", "orders")
    for piece in seen:
        own = starts[piece.evidence.kpi].draws
        assert piece.start is not None
        assert piece.start.draws.keys() == own.keys()
        for name, values in own.items():
            assert len(values) == KEPT
            np.testing.assert_array_equal(piece.start.draws[name], values)
        assert piece.sampling.tune < 50
    seen.clear()
    again(file, out, Wish(force=True, cores=0), cold=True)
    assert {(piece.start, piece.sampling.tune) for piece in seen} == {(None, 50)}
    seen.clear()
    again(file, out, Wish(stated={"tune": 33}, force=True, cores=0))
    assert {piece.sampling.tune for piece in seen} == {33}


def test_other_parameters_start_afresh(
    seen: list[Piece], earlier: tuple[Path, Path], tmp_path: Path
) -> None:
    file, out = earlier
    more = MODEL.replace(
        "search: {spend: search, adstock: {window: 3}}",
        "search: {spend: search, adstock: {window: 3}}\n  social: {spend: price2}",
    )
    frame = table(74).assign(price2=lambda t: t["tv"].to_numpy()[::-1])
    file = written(tmp_path, model=more)
    frame.to_csv(tmp_path / "table.csv", index=False)
    seen.clear()
    found = again(file, out)
    assert found.cold == ("revenue", "orders")
    assert {(piece.start, piece.sampling.tune) for piece in seen} == {(None, 50)}
    assert found.changes.model == ("channels.social: added",)
    rows = {(row.kpi, row.line): row for row in found.moved}
    assert rows["revenue", "social"].before is None
    assert rows["revenue", "social"].shift is None


def test_another_kind_of_belief_is_another_parameter() -> None:
    """A half-life is sampled under its own name: earlier retentions would start nothing."""
    own = evidence()
    weeks = HalfLifePrior.of(LogNormalPrior(median=2.0, low90=1.0), "geometric", 4)
    other = tuple(
        replace(one, priors=(weeks,) * len(one.priors)) if one.name == "adstock_retention" else one
        for one in own.parameters
    )
    start = Start({}, layout_of(own))
    assert start.fits(own)
    assert not start.fits(replace(own, parameters=other))


def test_revised_figures_are_named_and_counted(
    seen: list[Piece], earlier: tuple[Path, Path], tmp_path: Path
) -> None:
    file, out = earlier
    frame = table(78)
    mean = frame["revenue"][:74].mean()
    frame.loc[[10, 20], "revenue"] += [0.01 * mean, -0.04 * mean]
    frame.loc[5, "search"] *= 2
    frame.to_csv(tmp_path / "table.csv", index=False)
    found = again(file, out)
    revised = {one.series: one for one in found.changes.revised}
    assert revised.keys() == {"revenue", "spend of search"}
    assert revised["revenue"].weeks == 2
    assert revised["revenue"].largest == pytest.approx(-0.04, rel=1e-3)
    assert revised["revenue"].week == str(case_data().dates[20])[:10]
    assert found.changes.causes == 2
    assert "from all of these together" in list(reasons(found.changes))[-1]


def test_revised_controls_are_noticed_by_the_digest(
    seen: list[Piece], earlier: tuple[Path, Path], tmp_path: Path
) -> None:
    file, out = earlier
    table(78).assign(price=lambda t: t["price"] + (t.index == 3)).to_csv(
        tmp_path / "table.csv", index=False
    )
    found = again(file, out)
    assert found.changes.others_revised
    assert found.changes.revised == ()


def test_nothing_changed_nothing_done(
    seen: list[Piece], earlier: tuple[Path, Path], tmp_path: Path
) -> None:
    file, out = earlier
    seen.clear()
    assert isinstance(refresh(file, out, QUIET, tell=print), Unchanged)
    assert seen == []
    found = again(file, out, Wish(force=True, cores=0))
    assert found.changes.causes == 0


def test_without_an_earlier_fit(seen: list[Piece], tmp_path: Path) -> None:
    file = written(tmp_path)
    with pytest.raises(InputError, match="expected an earlier fit; make one first with `mmm fit"):
        refresh(file, tmp_path / "out", QUIET, tell=print)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ({"a": {"b": 8}}, {"a": {"b": 12}}, ("a.b: 8 → 12",)),
        ({"a": {}}, {"a": {"tv": {"x": 1}}}, ("a.tv: added",)),
        ({"a": {"tv": 1}}, {"a": {}}, ("a.tv: taken out",)),
        ({"a": None}, {"a": "EUR"}, ("a: unsaid → EUR",)),
        ({"sampling": {"draws": 1}}, {"sampling": {"draws": 2}}, ()),
        (
            {"c": [{"column": "p"}, {"column": "q", "lag": 0}]},
            {"c": [{"column": "q", "lag": 2}, {"column": "r"}]},
            ("c.p: taken out", "c.q.lag: 0 → 2", "c.r: added"),
        ),
        ({"s": [["tv", "search"]]}, {"s": []}, ('s: [["tv", "search"]] → []',)),
    ],
)
def test_a_model_s_changes_in_words(old: dict, new: dict, words: tuple[str, ...]) -> None:
    assert spec_changes(old, new) == words


def test_the_command(
    seen: list[Piece],
    earlier: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import mmm.refresh.conduct as conduct

    file, out = earlier
    here = conduct.run  # a worker would have the sampler itself
    monkeypatch.setattr(conduct, "run", lambda *a, **k: here(*a, **{**k, "workers": 0}))
    written(tmp_path)
    assert run(app, ["refresh", str(file), "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert "4 weeks (" in text
    assert "revenue: median and 90 % range" in text
    assert "Started from the earlier fit: revenue, orders" in text
    assert run(app, ["refresh", str(file), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["already"] is True


@pytest.mark.slow
def test_every_chain_begins_at_one_draw_of_all_variables() -> None:
    """The start of the real sampler: joint, seeded, and without a step away."""
    from mmm.fit.compiled import compiled
    from mmm.model.build import build

    model = build(evidence())
    rng = np.random.default_rng(1)
    start = {rv.name: rng.uniform(0.3, 0.6, size=(5, *rv.shape.eval())) for rv in model.free_RVs}
    begin = compiled(model, start=start)._make_initial_points
    transformed = {rv.name: model.rvs_to_transforms[rv] for rv in model.free_RVs}
    inputs = {rv.name: rv.owner.inputs for rv in model.free_RVs}
    every = []
    for place in range(5):
        parts = []
        for rv in model.free_RVs:
            value = start[rv.name][place]
            if (change := transformed[rv.name]) is not None:
                value = change.forward(value, *inputs[rv.name]).eval()
            parts.append(np.ravel(value))
        every.append(np.concatenate(parts))
    drawn = [begin(seed) for seed in range(12)]
    places = [int(np.argmin([np.abs(one - point).max() for point in every])) for one in drawn]
    for place, one in zip(places, drawn, strict=True):
        np.testing.assert_allclose(one, every[place], rtol=1e-9)
    assert len(set(places)) > 1
    np.testing.assert_array_equal(begin(3), begin(3))
