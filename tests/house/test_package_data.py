"""A wheel holds every file of the packages: templates, styles, migrations."""

from __future__ import annotations

import tomllib

import sources


def test_every_file_of_the_packages_is_shipped() -> None:
    text = (sources.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tools = tomllib.loads(text)["tool"]["setuptools"]
    shipped = set()
    for package, globs in tools["package-data"].items():
        for one in globs:
            shipped |= set((sources.ROOT / package).glob(one))
    files = [
        path
        for path in sources.committed()
        if path.relative_to(sources.ROOT).parts[0] in sources.PACKAGES
    ]
    assert len([path for path in files if path.suffix != ".py"]) > 30
    left = [sources.shown(path) for path in files if path.suffix != ".py" and path not in shipped]
    assert left == []
    assert tools["packages"]["find"]["include"] == ["mmm*", "allocator*"]  # and no tests
    for path in files:
        if path.suffix == ".py":
            assert (path.parent / "__init__.py").exists(), sources.shown(path)
