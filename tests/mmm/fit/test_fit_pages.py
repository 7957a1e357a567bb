"""docs/refresh.md and docs/likelihoods.md: commands that exist, a model that loads."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer

from mmm.cli import app
from mmm.data import load
from mmm.spec import load_spec

ROOT = Path(__file__).parents[3]
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text() for name in ("refresh", "likelihoods")}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_page_is_one(page: str) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGES[page], re.DOTALL | re.MULTILINE)
    lines = [shlex.split(line) for block in blocks for line in block.strip().splitlines()]
    assert len(lines) >= 2
    for program, name, *rest in lines:
        assert program == "mmm"
        typer.main.get_command(app).commands[name].make_context(name, rest)


def test_the_example_of_likelihoods_is_a_model_of_the_bundled_data(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data" / "wide", tmp_path / "data" / "wide")
    found = re.search(r"^```yaml (\S+)\n(.*?)^```$", PAGES["likelihoods"], re.DOTALL | re.MULTILINE)
    assert found
    file = tmp_path / found[1]
    file.parent.mkdir()
    file.write_text(found[2], encoding="utf-8")
    spec = load_spec(file)
    assert [own.likelihood for own in spec.kpis.values()] == ["student_t", "negative_binomial"]
    assert load(spec).kpi_names == ("revenue", "new_customers")
