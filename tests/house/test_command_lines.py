"""Every command and option is documented, has an example, and starts without heavy libraries."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest
import sources
from reference import FOLDER
from reference.commands import APPS, commands, examples

COMMANDS = [pair for name, app in APPS.items() for pair in commands(app, name)]
IDS = [name for name, _ in COMMANDS]

MODEL_ONLY = {"pymc", "pytensor", "arviz", "nutpie", "numba", "jax", "holidays"}
PLOTS = {"matplotlib", "plotly", "seaborn", "bokeh"}
SOLVERS = {"pyomo", "highspy"}
NUMBERS = {"numpy", "scipy", "pandas", "xarray", "pyarrow", "h5py", "h5netcdf"}
FILES = {"pydantic", "ruamel", "jinja2"}
ANY_HELP = MODEL_ONLY | PLOTS | SOLVERS | NUMBERS | FILES

PROGRAM = """
import json, sys
module, arguments = sys.argv[1], sys.argv[2:]
sys.argv = ["command", *arguments]
try:
    entry = __import__(module, fromlist=["main"])
    if arguments:
        entry.main()
except SystemExit as stop:
    assert not stop.code, stop.code
print("\\n" + json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded(module: str, *arguments: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after it."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, module, *arguments],
        cwd=sources.ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return set(json.loads(done.stdout.strip().splitlines()[-1]))


@pytest.mark.parametrize("name", ["mmm", "allocator"])
def test_a_command_line_starts_at_once(name: str) -> None:
    assert loaded(f"{name}.cli") & ANY_HELP == set()
    assert loaded(f"{name}.cli", "--help") & ANY_HELP == set()


@pytest.mark.parametrize("name", IDS)
def test_the_help_of_a_command_starts_at_once(name: str) -> None:
    program, *words = name.split()
    ours = ANY_HELP - {"pydantic"}  # typer itself loads it to read a command's options
    assert loaded(f"{program}.cli", *words, "--help") & ours == set()


def test_show_needs_no_numbers() -> None:
    scenario = "scenarios/2027-q1-base.yaml"
    heavy = MODEL_ONLY | PLOTS | SOLVERS | NUMBERS
    assert loaded("allocator.cli", "show", scenario) & heavy == set()
    assert loaded("allocator.cli", "show", scenario, "--resolved", "--json") & heavy == set()


def test_verify_and_the_page_need_no_model_no_pyomo_and_no_plots() -> None:
    heavy = MODEL_ONLY | PLOTS | SOLVERS
    assert loaded("allocator.verify") & heavy == set()
    assert loaded("allocator.reports.planner") & (heavy | {"scipy", "xarray"}) == set()
    assert loaded("allocator.plan") & (heavy | NUMBERS) == set()


def test_planning_needs_no_model_and_no_plots() -> None:
    assert loaded("allocator.run") & (MODEL_ONLY | PLOTS) == set()


def test_the_list_of_heavy_modules_is_not_a_list_of_misspellings() -> None:
    """A name that nothing could load would make the tests above say nothing."""
    ours = MODEL_ONLY | SOLVERS | NUMBERS | FILES | {"matplotlib"}
    assert {name for name in ours if find_spec(name) is None} == set()


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=IDS)
def test_every_command_and_option_is_in_the_reference(name: str, command: Any) -> None:
    page = (FOLDER / "commands.md").read_text(encoding="utf-8")
    heading = f"\n## `{name}`\n"
    assert page.count(heading) == 1
    section = page.partition(heading)[2].partition("\n## ")[0]
    for parameter in command.params:
        words = parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]
        for word in words:
            assert word in section, f"{word} is not in the section"
        assert parameter.help, f"{words} has no help"


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=IDS)
def test_every_help_says_what_and_shows_how(name: str, command: Any) -> None:
    assert command.help
    assert examples(command), "no example in the epilog"
    for line in examples(command):
        assert line.startswith(f"{name} "), line


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=IDS)
def test_every_command_can_be_quiet_and_what_prints_figures_prints_json(
    name: str, command: Any
) -> None:
    options = {word for parameter in command.params for word in parameter.opts}
    writes = "--out" in options or "--plot" in options
    assert options & {"--quiet", "--json", "--format"}
    assert not writes or {"--force", "--quiet"} <= options
