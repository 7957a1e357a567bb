"""Is this document what its plan gives? Made again from plan and dossier, and compared.

Pages and papers byte for byte, workbooks cell by cell (a spreadsheet that was opened and saved is
another file with the same content), a dossier figure by figure where no search is needed.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.findings.differences import Difference
from allocator.findings.dossier import Dossier, sealed_dossier
from allocator.papers import DOCUMENTS, DOSSIER, read_dossier
from allocator.plan import Plan, digest_of
from allocator.plan.file import read, read_document
from allocator.reports._base.qr import FORM
from mmm.errors import Fault, InputError, on_disk

MOST_BYTES = 100_000_000
SHOWN = 20  # differences of a workbook; more say no more
_CODE = re.compile(rb"allocator:plan:[0-9a-f]{64}:[0-9a-f]{16}")


@dataclass(frozen=True)
class Attested:
    """What a document turned out to be.

    words: ``the one-pager``; plan: the digest of the plan it was held against
    """

    words: str
    plan: str
    differences: tuple[Difference, ...]
    compared: int


def is_document(file: Path) -> bool:
    """It is something else than a plan.json."""
    if file.suffix.lower() in (".pdf", ".html", ".xlsx"):
        return True
    return file.suffix.lower() == ".json" and _kind(_bytes(file)) == DOSSIER


def attest(file: Path, *, plan_file: Path | None = None) -> Attested:
    """Make a document again from ``plan_file``, or the plan.json beside it, and compare.

    Raises InputError where the plan, its dossier or the document cannot be read.
    """
    data = _bytes(file)
    plan_file = plan_file or file.parent / "plan.json"
    plan = read(plan_file)
    kind = _kind(data)
    document = next((one for one in DOCUMENTS if one.file == kind), None)
    if document is None:
        expected = "a dossier.json, plan.html, plan.xlsx, onepager.html or onepager.pdf"
        raise InputError([Fault(str(file), 0, 0, "", "another kind of file", expected)])
    dossier = read_dossier(file if kind == DOSSIER else plan_file.parent / DOSSIER)
    found = [*_sealed(plan_file), *_belongs(plan, dossier)]
    if found:
        return Attested(document.words, plan.digest, tuple(found), 2)
    named = _CODE.search(data)
    own = f"allocator:plan:{plan.digest}:{dossier.digest[:16]}"
    if named is not None and named.group().decode() != own:
        found.append(Difference("code", named.group().decode(), own))
    if kind == DOSSIER:
        differences, count = _figures(plan, dossier, plan_file)
        found += differences
    elif kind == "plan.xlsx":
        differences, count = _cells(data, document.made(plan, dossier))
        found += differences
    else:
        count = 1
        if document.made(plan, dossier) != data:
            found.append(Difference(file.name, "other content", "what plan and dossier give"))
    return Attested(document.words, plan.digest, tuple(found), count)


def attest_code(text: str, plan_file: Path) -> Attested:
    """Does the code on a paper name this plan, and the dossier beside it?

    Raises InputError for a text that is no such code.
    """
    match = FORM.match(text.strip())
    if match is None:
        expected = "allocator:plan:<64 digits>:<16 digits>, as the code on the one-pager says"
        raise InputError([Fault("--code", 0, 0, "", repr(text[:120]), expected)])
    plan, found = read(plan_file), _sealed(plan_file)
    if match.group(1) != plan.digest:
        found.append(Difference("plan", match.group(1), plan.digest))
    beside = plan_file.parent / DOSSIER
    count = 1
    if not found and beside.exists():
        dossier = read_dossier(beside)
        found += _belongs(plan, dossier)
        count = 2
        if match.group(2) != dossier.digest[:16]:
            found.append(Difference("dossier", match.group(2), dossier.digest[:16]))
    return Attested("the code", plan.digest, tuple(found), count)


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError([Fault(str(file), 0, 0, "", "more than 100 MB", "a document")])
        return file.read_bytes()
    except OSError as error:
        raise InputError([Fault(str(file), 0, 0, "", on_disk(error), "a document")]) from None


def _kind(data: bytes) -> str:
    """The name it has beside a plan, by what is in it; empty for anything else."""
    if data.startswith(b"%PDF-"):
        return "onepager.pdf"
    if data.startswith(b"PK\x03\x04"):
        return "plan.xlsx"
    if data.lstrip()[:15].lower() == b"<!doctype html>":
        return "onepager.html" if b'<meta name="allocator"' in data else "plan.html"
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    return DOSSIER if isinstance(document, dict) and "made_on" in document else ""


def _sealed(plan_file: Path) -> list[Difference]:
    stated = read_document(plan_file)
    actual = digest_of(stated)
    said = stated.get("digest")
    return [] if said == actual else [Difference("plan.json digest", said, actual)]


def _belongs(plan: Plan, dossier: Dossier) -> list[Difference]:
    """Its own seal, and that of the plan it is about."""
    found = []
    again = sealed_dossier(json.loads(dossier.to_json())).digest
    if again != dossier.digest:
        found.append(Difference("dossier.json digest", dossier.digest, again))
    if dossier.plan != plan.digest:
        found.append(Difference("dossier.json plan", dossier.plan, plan.digest))
    return found


def _figures(plan: Plan, dossier: Dossier, plan_file: Path) -> tuple[list[Difference], int]:
    """Everything but the plans that were searched for, once more from scenario and curves."""
    from allocator.prepare.again import again
    from allocator.sensitivity.opened import opened

    made = again(opened(plan_file), dossier)
    stated = json.loads(dossier.to_json())
    found: list[Difference] = []
    count = 0
    for key, value in made.items():
        for path, said, now in _leaves(key, stated.get(key), value):
            count += 1
            if not _same(said, now):
                found.append(Difference(path, said, now))
    return found, count


def _leaves(path: str, stated: Any, again: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(stated, dict) and isinstance(again, dict) and set(stated) == set(again):
        for key in sorted(stated):
            yield from _leaves(f"{path}.{key}", stated[key], again[key])
    elif isinstance(stated, list) and isinstance(again, list) and len(stated) == len(again):
        for place, (a, b) in enumerate(zip(stated, again, strict=True)):
            yield from _leaves(f"{path}.{place}", a, b)
    else:
        yield path, stated, again


def _same(stated: Any, again: Any) -> bool:
    """Alike but for the rounding of sums in another order on another machine."""
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (stated, again))
    if not numbers:
        return type(stated) is type(again) and bool(stated == again)
    return bool(abs(stated - again) <= 1e-9 * max(1.0, abs(stated), abs(again)))


def _cells(data: bytes, made: bytes) -> tuple[list[Difference], int]:
    """Every cell of every sheet: what it holds, and the value it shows."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    found: dict[str, Difference] = {}
    count = 0
    for shown in (False, True):
        try:
            ours = load_workbook(io.BytesIO(made), data_only=shown)
            theirs = load_workbook(io.BytesIO(data), data_only=shown)
        except (BadZipFile, KeyError, ValueError, OSError) as error:
            return [Difference("plan.xlsx", str(error), "a workbook")], 1
        if ours.sheetnames != theirs.sheetnames:
            return [Difference("sheets", theirs.sheetnames, ours.sheetnames)], 1
        for name in ours.sheetnames:
            places = _filled(ours[name]) | _filled(theirs[name])
            for place in sorted(places):
                count += 1
                said, now = (_value(book[name][place]) for book in (theirs, ours))
                if shown and said is None:
                    continue  # a formula that nobody has computed since it was saved
                at = f"{name}!{place}"
                if not _same(said, now) and len(found) < SHOWN:
                    found.setdefault(at, Difference(at, said, now))
    return list(found.values()), count


def _value(cell: Any) -> Any:
    """What a cell holds; an empty text is nothing, as programs that save it think."""
    return None if cell.value == "" else cell.value


def _filled(sheet: Any) -> set[str]:
    return {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value is not None}
