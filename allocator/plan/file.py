"""Plans and documents on disk: written whole, read back with every fault and its place."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from allocator.canonical import canonical
from allocator.plan import SCHEMA_VERSION, Plan
from mmm.errors import Fault, InputError, on_disk
from mmm.files import refuse_existing, write_whole


def write(path: Path, content: str | bytes, *, force: bool = False) -> Path:
    """Write one output whole or not at all. Raises OutputExists without ``force``."""
    refuse_existing([path], force=force)
    data = content.encode() if isinstance(content, str) else content
    return write_whole(path, lambda part: part.write_bytes(data))


def read_document(path: Path) -> dict[str, Any]:
    """A plan.json as plain data. Raises InputError when it is not a JSON object of a plan."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError([Fault(str(path), 0, 0, "", on_disk(error), "a plan.json")]) from None
    return parse_document(content, str(path))


def read(path: Path) -> Plan:
    """A plan from disk. Raises InputError with every place that is not a plan's."""
    return _plan(read_document(path), str(path))


def parse(content: bytes, name: str) -> Plan:
    """The same from bytes that came otherwise; ``name`` stands in the faults."""
    return _plan(parse_document(content, name), name)


def parse_document(content: bytes, name: str) -> dict[str, Any]:
    """A plan.json's content as plain data, as ``read_document``; ``name`` stands in the faults."""
    try:
        document = json.loads(
            content.decode("utf-8"),
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
        canonical(document).encode()  # deeper than can be written again, or half a character
    except json.JSONDecodeError as error:
        fault = Fault(name, error.lineno, error.colno, "", error.msg, "a plan.json")
        raise InputError([fault]) from None
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        fault = Fault(name, 0, 0, "", str(error) or type(error).__name__, "a plan.json")
        raise InputError([fault]) from None
    if not isinstance(document, dict) or document.get("schema_version") != SCHEMA_VERSION:
        version = document.get("schema_version") if isinstance(document, dict) else "none"
        fault = Fault(name, 0, 0, "schema_version", str(version), str(SCHEMA_VERSION), "plan again")
        raise InputError([fault])
    return document


def _plan(document: dict[str, Any], name: str) -> Plan:
    try:
        return Plan.model_validate(document)
    except ValidationError as error:
        raise InputError(
            Fault(
                name, 0, 0, ".".join(map(str, entry["loc"])),
                repr(entry["input"])[:80], entry["msg"],
            )
            for entry in error.errors()
        ) from None  # fmt: skip


def _no_constant(name: str) -> float:
    raise ValueError(f"{name}, which is no number of a plan")


def _finite(text: str) -> float:
    return float(text) if math.isfinite(float(text)) else _no_constant(text)


def _whole(text: str) -> int:
    _finite(text)
    return int(text)
