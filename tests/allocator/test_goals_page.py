"""Every example of docs/goals.md is a scenario that can be planned, on the sample's own curves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from run_case import go
from test_economics import clv_file

from allocator.plan import Status
from allocator.scenario import LoadedScenario
from allocator.scenario import load as load_scenario
from mmm.curves import ParametricCurves
from mmm.curves import load as load_curves

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "goals.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FORMS = (
    "exactly", "at_most", "least_for", "roas", "marginal_roas", "cac", "marginal_cac", "extra",
    "cut", "new_customers}", "profit", "value_of", "clv", "{revenue: 0.3", "weights", "discount",
    "up_to",
)  # fmt: skip


@pytest.fixture(scope="module")
def curves() -> ParametricCurves:
    """The sample's curves with few draws and lines: the examples are about words, not numbers."""
    whole = load_curves(ROOT / "data" / "sample" / "curves.nc")
    lines = ["tv/brand", "video/shorts", "search/generic", "search/shopping"]
    return ParametricCurves(whole.data.isel(draw=slice(0, 4)).sel(line=lines))


def example(folder: Path, text: str) -> LoadedScenario:
    """The base scenario, smaller by two thirds, with an example's keys in place of its own."""
    base = (ROOT / "scenarios" / "2027-q1-base.yaml").read_text(encoding="utf-8")
    base = base[: base.index("# Rules.")].replace("scale_to: 2.0M", "scale_to: 600k")
    seeking = "least_for" in text or "most_with" in text
    for key in [line.partition(":")[0] for line in text.splitlines()]:
        base = re.sub(rf"^{key}:.*\n", "", base, flags=re.MULTILINE)
    if seeking:
        base = re.sub(r"^(objective|economics):.*\n", "", base, flags=re.MULTILINE)
    small = re.sub(r"\d\.0M", lambda found: {"6.0M": "900k", "3.0M": "1.5M", "4.0M": "1.2M"}.get(
        found.group(), "500k"), base + text)  # fmt: skip
    project = folder / "scenarios"
    project.mkdir()
    (folder / "pyproject.toml").touch()
    (folder / "out").mkdir()
    clv_file(folder / "out" / "clv.yaml")
    (project / "example.yaml").write_text(small, encoding="utf-8")
    return load_scenario(project / "example.yaml")


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_can_be_planned(text: str, tmp_path: Path, curves: ParametricCurves) -> None:
    plan = go(example(tmp_path, text), curves)
    assert plan.certificate.status is Status.PROVEN
    assert plan.certificate.worst_violation < 1e-6


def test_every_form_has_an_example() -> None:
    said = "".join(EXAMPLES)
    assert [form for form in FORMS if form not in said] == []
