"""What the house rules read: the repository's own files, and their syntax trees."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("mmm", "allocator")


@cache
def committed() -> tuple[Path, ...]:
    """Every file in git, and those beside them that are about to be.

    A top-level folder of which git knows nothing (a reader's own data) does not count. Where there
    is no git, all files but build products.
    """
    try:
        known = _listed("--cached")
        rooms = {path.relative_to(ROOT).parts[0] for path in known}
        new = _listed("--others", "--exclude-standard")
        paths = known + [path for path in new if path.relative_to(ROOT).parts[0] in rooms]
    except (OSError, subprocess.CalledProcessError):  # a source archive
        paths = [path for path in ROOT.rglob("*") if not _built(path)]
    return tuple(sorted({path for path in paths if path.is_file()}))


def _listed(*options: str) -> list[Path]:
    command = ["git", "ls-files", "-z", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name]


def _built(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(
        part in ("build", "dist", "out", "__pycache__")
        or part.endswith(".egg-info")
        or (part.startswith(".") and part not in (".ci", ".gitignore"))
        for part in parts
    )


@cache
def python_files(*roots: str) -> tuple[Path, ...]:
    """The Python files of these top-level folders; of both packages if none is named."""
    wanted = roots or PACKAGES
    return tuple(
        path
        for path in committed()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in wanted
    )


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def module_name(path: Path) -> str:
    """``mmm/adstock/__init__.py`` is ``mmm.adstock``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def shown(path: Path) -> str:
    """The path as a message shows it."""
    return str(path.relative_to(ROOT))
