"""The finance workbook in LibreOffice, recalculated on load: same values, no errors.

Skipped only where there is no LibreOffice; test_workbook computes every formula again in any case.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from test_workbook import PAYLOADS, book, hostile

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""0: recalculate every formula of an .xlsx when it is opened."""

pytestmark = pytest.mark.skipif(  # no wheel brings it; test_workbook has an evaluator of its own
    OFFICE is None,
    reason="LibreOffice (soffice) is not installed; test_workbook recomputes the formulas itself",
)


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office")
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    return folder


def recalculated(profile: Path, folder: Path, files: dict[str, bytes]) -> dict[str, Any]:
    """Every workbook as LibreOffice saves it after recalculation."""
    (folder / "in").mkdir()
    for name, data in files.items():
        (folder / "in" / name).write_bytes(data)
    line = [
        str(OFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless",
        "--convert-to", "xlsx", "--outdir", str(folder / "out"),
        *(str(folder / "in" / name) for name in files),
    ]  # fmt: skip
    subprocess.run(line, check=True, capture_output=True, timeout=240, env={**os.environ})
    return {name: openpyxl.load_workbook(folder / "out" / name, data_only=True) for name in files}


def cells(read: Any) -> dict[tuple[str, str], Any]:
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in read
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def named(read: Any, name: str) -> Any:
    ((title, at),) = read.defined_names[name].destinations
    return read[title][at.replace("$", "")].value


def tampered(data: bytes) -> bytes:
    """One figure of sheet Data a cent larger."""
    read = openpyxl.load_workbook(io.BytesIO(data))
    row = next(
        row for row in read["Data"].iter_rows(min_row=5)
        if (row[0].value, row[3].value) == ("week", "spend")
    )  # fmt: skip
    row[8].value += 0.01
    out = io.BytesIO()
    read.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def read(profile: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    files = {
        "plain.xlsx": book("on and off")[2],
        "hostile.xlsx": hostile()[2],
        "tampered.xlsx": tampered(book("two")[2]),
    }
    return recalculated(profile, tmp_path_factory.mktemp("books"), files)


@pytest.mark.parametrize("name", ["plain.xlsx", "hostile.xlsx"])
def test_the_same_values_and_no_error(read: dict[str, Any], name: str) -> None:
    written = hostile()[2] if name == "hostile.xlsx" else book("on and off")[2]
    ours = cells(openpyxl.load_workbook(io.BytesIO(written), data_only=True))
    theirs = cells(read[name])
    assert ours.keys() == theirs.keys()
    for place, value in ours.items():
        found = theirs[place]
        if isinstance(value, int | float) and not isinstance(value, bool):
            assert found == pytest.approx(value, rel=1e-9, abs=1e-9), place
        else:
            assert found == value, place
            assert not str(found).startswith(("#NAME", "#REF!", "#VALUE", "#DIV", "#N/A", "Err:"))
    assert named(read[name], "all_checks") == 1  # LibreOffice keeps TRUE as a number that says TRUE


def test_payloads_are_shown_as_text(read: dict[str, Any]) -> None:
    shown = set(map(str, cells(read["hostile.xlsx"]).values()))
    for payload in PAYLOADS:
        assert " ".join(payload.split()) in shown


def test_a_changed_figure_turns_the_checks(read: dict[str, Any]) -> None:
    assert named(read["tampered.xlsx"], "all_checks") == 0
    assert read["tampered.xlsx"]["Cover"]["B14"].value == "A check fails: see sheet Checks"
