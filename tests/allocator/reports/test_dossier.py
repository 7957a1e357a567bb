"""A dossier is a frozen value whose figures tie, whoever's plan it is about."""

from __future__ import annotations

import json

import dossier_case
import pytest
from plan_cases import case_plan
from pydantic import ValidationError

from allocator.findings.dossier import Dossier, sealed_dossier


@pytest.mark.parametrize("name", ["base", "two", "count", "hostile", "keep"])
def test_a_written_dossier_ties(name: str) -> None:
    plan, curves = case_plan(name)
    dossier = dossier_case.dossier_of(plan, curves)
    assert [check.name for check in dossier.checks if not check.holds] == []
    again = Dossier.model_validate_json(dossier.to_json())
    assert again == dossier
    assert again.to_json() == dossier.to_json()


def test_the_digest_names_the_content() -> None:
    plan, _ = case_plan("two")
    document = json.loads(dossier_case.dossier_of(plan).to_json())
    assert sealed_dossier(document).digest == document["digest"]
    document["made_by"] = "somebody else"
    assert sealed_dossier(document).digest != document["digest"]


def test_a_key_that_is_not_known_is_refused() -> None:
    plan, _ = case_plan("two")
    document = json.loads(dossier_case.dossier_of(plan).to_json())
    with pytest.raises(ValidationError, match="extra"):
        sealed_dossier({**document, "more": 1})
