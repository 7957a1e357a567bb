"""Reading model.yaml from disk: the one place where a ModelSpec is made and checked."""

from __future__ import annotations

from pathlib import Path

from mmm.errors import InputError
from mmm.spec.consistency import contradictions
from mmm.spec.model import ModelSpec
from mmm.typed import validate
from mmm.yamlfile import Document, read


def load_spec(path: Path | str) -> ModelSpec:
    """Read and check model.yaml. Raises InputError with every fault and its file:line:column."""
    return spec_of(read(path))


def spec_of(document: Document) -> ModelSpec:
    """The spec in a parsed document, consistent in itself. Raises InputError with every fault."""
    spec = validate(document, ModelSpec)
    spec._document = document
    faults = contradictions(spec)
    if faults:
        raise InputError(faults)
    return spec
