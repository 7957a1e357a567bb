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
import json, os, sys
module, *runs = json.loads(sys.argv[1])
entry = __import__(module, fromlist=["main"])
if len(runs) > 2:
    import typer._adapters, typer.rich_utils  # what every help loads, once for all
for arguments in runs:
    sys.stdout.flush()
    read, write = os.pipe()
    if os.fork() == 0:
        sys.argv = ["command", *arguments]
        sys.stdout = sys.stderr = open(os.devnull, "w")
        code = 0
        try:
            if arguments:
                entry.main()
        except SystemExit as stop:
            code = stop.code or 0
        found = [code, sorted({name.partition(".")[0] for name in sys.modules})]
        os.write(write, json.dumps(found).encode())
        os._exit(0)
    os.close(write)
    with open(read) as told:
        print(told.read())
    os.wait()
"""


def loaded(module: str, *runs: list[str]) -> list[set[str]]:
    """Top-level modules that an interpreter with nothing but ``module`` has loaded after each run.

    A run is a command line; an empty one is only the import.
    """
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([module, *runs])],
        cwd=sources.ROOT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [code for code, _ in told] == [0] * len(runs), list(zip(runs, told, strict=True))
    return [set(names) for _, names in told]


@pytest.fixture(scope="module")
def helps() -> dict[str, set[str]]:
    """Command -> what its ``--help`` loads."""
    found = {}
    for program in APPS:
        names = [name for name in IDS if name.split()[0] == program]
        runs = [[*name.split()[1:], "--help"] for name in names]
        found |= dict(zip(names, loaded(f"{program}.cli", *runs), strict=True))
    return found


@pytest.mark.parametrize("name", ["mmm", "allocator"])
def test_a_command_line_starts_at_once(name: str) -> None:
    started, helped = loaded(f"{name}.cli", [], ["--help"])
    assert started & ANY_HELP == set()
    assert helped & ANY_HELP == set()


@pytest.mark.parametrize("name", IDS)
def test_the_help_of_a_command_starts_at_once(name: str, helps: dict[str, set[str]]) -> None:
    ours = ANY_HELP - {"pydantic"}  # typer itself loads it to read a command's options
    assert helps[name] & ours == set()


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
