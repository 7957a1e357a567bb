"""Bad baselines and beliefs in model.yaml: what is said of each, word for word.

As in test_bad_inputs.py: one good case, one change each, exit code 2, no traceback. The messages
stand in bad_beliefs.json; BAD_INPUTS_REWRITE=1 writes them anew, then read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import planner_case
import pytest

from mmm.cli import app
from mmm.terminal import run

GOLDEN = Path(__file__).with_name("bad_beliefs.json")
BETA = "retention: {alpha: 1, beta: 1}"
RANGE = "{median: 2, low90: 1, high90: 4}"
PAID = "rate: 0.08, fee: 12, incremental: {median: 0.3, low90: 0.1, high90: 0.7}"

TV: dict[str, str] = {
    # carry-over and saturation in words
    "half-life beside retention": f"adstock: {{half_life: {RANGE}, {BETA}}}",
    "half-life of a Weibull": f"adstock: {{kind: weibull_pdf, half_life: {RANGE}}}",
    "half-life of no carry-over": f"adstock: {{kind: none, half_life: {RANGE}}}",
    "half-life beyond a binomial's end": (
        f"adstock: {{kind: binomial, window: 2, half_life: {RANGE}}}"
    ),
    "half-life of zero weeks": "adstock: {half_life: {median: 0, high90: 2}}",
    "half-life as a number": "adstock: {half_life: 2}",
    "half effect beside half_saturation": (
        f"saturation: {{half_effect: {RANGE}, half_saturation: {RANGE}}}"
    ),
    "half effect beside rate": (
        f"saturation: {{kind: logistic, half_effect: {RANGE}, rate: {RANGE}}}"
    ),
    "half effect of a straight line": f"saturation: {{kind: none, half_effect: {RANGE}}}",
    # paid by result
    "commission beside adstock": f"commission: {{{PAID}}}, adstock: {{window: 4}}",
    "commission beside saturation and prior": (
        f"commission: {{{PAID}}}, saturation: {{kind: none}}, "
        "prior: {revenue: {roas: {median: 2, high90: 4}}}"
    ),
    "commission without price": "commission: {incremental: {median: 0.3, high90: 0.7}}",
    "commission without a fee for customers": (
        "commission: {rate: 0.08, incremental: {median: 0.3, high90: 0.7}}"
    ),
    "commission without incremental": "commission: {rate: 0.08, fee: 12}",
    "commission in per cent": "commission: {rate: 8, incremental: {median: 0.3, low90: 0.1}}",
    "incremental above all": "commission: {fee: 12, incremental: {median: 1.2, low90: 0.1}}",
    "incremental without range": "commission: {rate: 0.08, fee: 12, incremental: {median: 0.3}}",
    "incremental out of order": (
        "commission: {rate: 0.08, fee: 12, incremental: {median: 0.3, low90: 0.4}}"
    ),
    "lopsided incremental": (
        "commission: {rate: 0.08, fee: 12, incremental: {median: 0.3, low90: 0.25, high90: 0.9}}"
    ),
}
"""what is written inside ``tv: {}``"""

TOP: dict[str, str] = {
    # trend
    "unknown trend": "trend: {kind: spline}",
    "knots of a Gaussian process": "trend: {kind: gp, knot_weeks: 13}",
    "length of a local trend": "trend: {length_weeks: 26.0}",
    "flexibility of a line": "trend: {kind: linear, flexibility: 0.5}",
    "no flexibility": "trend: {flexibility: 0}",
    "a length below a month": "trend: {kind: gp, length_weeks: 2}",
    # season
    "season over the week": "seasonality: {yearly: 2, weekly: 3}",
    "too many months": "seasonality: {monthly: 4}",
    # events and holidays
    "event with a negative width": "events: [{name: sale, dates: [2021-03-01], before: -1}]",
    "event with half a week": "events: [{name: sale, dates: [2021-03-01], after: 1.5}]",
    "unknown holiday": "holidays: {country: DE, names: [Cristmas Day]}",
    "width of an unknown holiday": "holidays: {country: DE, before: {Xmas: 3}}",
    "width of a holiday left out": (
        "holidays: {country: DE, names: [Good Friday], before: {Christmas Day: 3}}"
    ),
    "too wide a holiday by name": "holidays: {country: DE, after: {Good Friday: 40}}",
    "too wide a holiday": "holidays: {country: DE, after: 40}",
}
"""what is written at the top of model.yaml"""

PRICE: dict[str, str] = {
    "treatment without base": "kind: treatment",
    "base without treatment": "base: max",
    "unknown base": "kind: treatment, base: median",
    "negative lag": "lag: -2",
    "unknown kind of control": "kind: media",
    "half-life beside retention of a control": (f"adstock: {{half_life: {RANGE}, {BETA}}}"),
    "kind of a control's carry-over": "adstock: {kind: delayed}",
    "a window of one week": "adstock: {window: 1}",
}
"""what is written behind ``column: price``"""

CASES = {
    **{name: ("tv: {}", f"tv: {{{text}}}") for name, text in TV.items()},
    **{name: ("currency: EUR", f"currency: EUR\n{text}") for name, text in TOP.items()},
    **{name: ("column: price", f"column: price, {text}") for name, text in PRICE.items()},
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_said(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    good = planner_case.MODEL
    old, new = CASES[name]
    assert good.count(old) == 1
    planner_case.write(tmp_path, planner_case.files() | {"model.yaml": good.replace(old, new)})
    monkeypatch.chdir(tmp_path)
    code = run(app, ["check", "model.yaml"])
    shown = capsys.readouterr()
    assert (code, shown.out) == (2, "")
    assert "Traceback" not in shown.err
    said = shown.err.splitlines()
    golden = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
    if os.environ.get("BAD_INPUTS_REWRITE"):
        golden[name] = said
        GOLDEN.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert said == golden[name]


def test_every_golden_message_has_its_input() -> None:
    assert set(json.loads(GOLDEN.read_text("utf-8"))) == set(CASES)
