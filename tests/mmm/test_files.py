"""Outputs: whole or not at all, and what stands in their way is said before the work."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmm.errors import OutputExists, OutputImpossible
from mmm.files import refuse_existing, write_whole


def test_a_file_where_a_folder_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    for inside in ("out/plan.json", "out/deeper/plan.json"):
        with pytest.raises(OutputImpossible, match="out is a file, not a folder; choose another"):
            refuse_existing([tmp_path / inside], force=True)


def test_a_folder_where_a_file_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(OutputImpossible, match="it is a folder"):
        refuse_existing([tmp_path], force=True)


def test_a_folder_that_is_not_yours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmm.files.os.access", lambda *_: False)  # root may write anywhere
    with pytest.raises(OutputImpossible, match="does not let you write"):
        refuse_existing([tmp_path / "new" / "plan.json"], force=False)


def test_what_is_there_stays_without_force(tmp_path: Path) -> None:
    there = tmp_path / "plan.json"
    there.write_text("old")
    with pytest.raises(OutputExists):
        refuse_existing([tmp_path / "plan.html", there], force=False)
    refuse_existing([there], force=True)
    refuse_existing([tmp_path / "new" / "deep" / "plan.json"], force=False)


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    there = tmp_path / "plan.json"
    there.write_text("old")

    def full(part: Path) -> None:
        part.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputImpossible, match="no space left on device") as caught:
        write_whole(there, full)
    assert caught.value.exit_code == 2
    assert there.read_text() == "old"
    assert list(tmp_path.iterdir()) == [there]
