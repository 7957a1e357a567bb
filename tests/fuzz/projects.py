"""Good projects of scenario files, to be spoilt."""

from __future__ import annotations

from collections.abc import Mapping

ASKED = "scenarios/q1.yaml"
"""The scenario of every project."""

HEAD = "schema_version: 1\nid: q1\ntitle: A quarter\n"
BODY = """\
curves: ../data/curves.nc
period: {start: 2027-W01, weeks: 13}
currency: EUR
reference: {actuals: {start: 2026-W01, weeks: 13}, scale_to: 1.9M}
budget: {exactly: 2.0M, basis: net_media}
objective: {maximise: profit, caution: balanced}
economics: {margin: 35%, value_of: {new_customers: 180}}
"""
RULES = """\
constraints:
  - {id: moves, each: all, spend: {from: reference, between: [-30%, +30%], new_lines: exempt}}
  - id: tv-commit
    each: [tv]
    spend: {min: 240k}
    reason: "contract 4711"
    owner: media
  - {id: digital, together: [search, social, video], share: {max: 70%}}
  - {id: floor, together: all, roas: {kpi: revenue, min: 3.0, probability: 80%}}
  - {id: cap, together: [search], cac: {kpi: new_customers, max: 42}}
  - {id: freq, audience: adults, frequency: {max: 6, per: week}}
audiences:
  adults: {people: 12M, lines: [tv, video], reach: {curve: binomial}}
run: {seed: 20270405, gap: 0.1%, time_limit: 60s}
"""
VARIANTS = """\
variants:
  money: {base: {}, low: {budget: {exactly: 1.8M}}, high: {budget: {exactly: 2.2M}}}
  floor:
    base: {}
    strict: {constraints: [{id: cap, cac: {max: 38}}]}
    none: {constraints: [!unset {id: cap}]}
"""
OWN = """\
extends: [base/2027.yaml, base/de.yaml]
id: q1
title: A quarter
constraints:
  - {id: tv-commit, spend: {min: 200k}}
  - !unset {id: digital}
economics: {value_of: !unset}
"""
POLICY = """\
schema_version: 1
title: House rules
constraints:
  - {id: spread, each: all, share: {max: 50%}, owner: finance}
"""
TABLE = "line,week,spend\n" + "".join(
    f"{line},2027-W{week:02},1000\n" for line in ("tv", "search") for week in range(1, 4)
)

WITHOUT_AUDIENCE = RULES.replace(
    "  - {id: freq, audience: adults, frequency: {max: 6, per: week}}\n", ""
).replace(RULES[RULES.index("audiences:") : RULES.index("run:")], "")

PROJECTS: tuple[Mapping[str, str], ...] = (
    {ASKED: HEAD + BODY + WITHOUT_AUDIENCE},
    {ASKED: HEAD + BODY + WITHOUT_AUDIENCE + VARIANTS, "scenarios/policy.yaml": POLICY},
    {
        ASKED: OWN,
        "scenarios/base/2027.yaml": "schema_version: 1\n" + BODY.replace("../data", "../../data"),
        "scenarios/base/de.yaml": WITHOUT_AUDIENCE,
    },
    {
        ASKED: OWN + VARIANTS,
        "scenarios/base/2027.yaml": "schema_version: 1\nextends: [../../shared/all.yaml]\n"
        + "policy: ../../shared/rules.yaml\n",
        "scenarios/base/de.yaml": WITHOUT_AUDIENCE,
        "shared/all.yaml": BODY,
        "shared/rules.yaml": POLICY,
    },
    {
        ASKED: HEAD
        + BODY.replace("{actuals: {start: 2026-W01, weeks: 13}, scale_to: 1.9M}", "{table: r.csv}")
        + "flighting: {form: steady, profile: r.csv, dark: {tv: [2027-W03]}}\n",
        "scenarios/r.csv": TABLE,
    },
)
