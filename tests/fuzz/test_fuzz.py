"""A sample of the spoilt projects; docs/scenarios.md has the figures of 10,000."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAID = re.compile(r"200 cases in .*: (?P<read>\d+) read, (?P<refused>\d+) refused ")


def test_whatever_is_spoilt_is_read_or_refused_with_its_place() -> None:
    """In a process of its own: its memory is what these cases took, and no other test's."""
    command = [sys.executable, "-m", "tests.fuzz", "--count", "200", "--seed", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    said = SAID.match(done.stdout)
    assert said is not None, done.stdout
    assert int(said["read"]) > 10
    assert int(said["refused"]) > 100
