"""The sentences: the finding of every kind of plan, its cautions, and the proof."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from plan_cases import BASE_CASE, CASES, KEEP, case_plan
from plans import Case, made, rule

from allocator.plan import Plan
from allocator.reports._base import numbers
from allocator.reports._base.binding import binding
from allocator.reports._base.cautions import cautions, proof
from allocator.reports._base.headline import headline, odds
from allocator.reports._base.names import clean, listed, short
from allocator.reports._base.titles import binding_title, curves_title, split_title, sure_title


def plan_of(name: str) -> Plan:
    return case_plan(name)[0]


def ascii_(text: str) -> str:
    return text.replace(numbers.NBSP, " ").replace(numbers.THIN, " ").replace(numbers.MINUS, "-")


NUMBER = r"[\d.,]+[kM]?"
FINDINGS = {
    "base": rf"Moving EUR {NUMBER} from tv, ooh and social to search, video and affiliate adds "
    rf"EUR {NUMBER} profit \(80 % sure: EUR {NUMBER} to EUR {NUMBER}\)\.",
    "two": rf"Moving EUR 14\.5k from print to online adds EUR {NUMBER} revenue \(80 % sure: .*\)\.",
    "keep": r"Keep the reference plan as it is\.",
    "count": rf"Spending EUR {NUMBER} more than the reference adds {NUMBER} new customers "
    rf"\(80 % sure: {NUMBER} to {NUMBER}\)\.",
    "keep a cut": rf"Spending EUR 200k less than the reference costs EUR {NUMBER} revenue .*\.",
    "forced": r"Keeping the rules means moving EUR .* from search, video and affiliate to tv, .* "
    rf"which costs EUR {NUMBER} profit .*\.",
    "sixty": rf"Moving EUR 120k between campaigns adds EUR {NUMBER} profit .*\.",
    "on and off": rf"Moving EUR 180k from tv to search adds EUR {NUMBER} profit .*\.",
}


@pytest.mark.parametrize("name", FINDINGS)
def test_the_headline_states_the_finding(name: str) -> None:
    assert re.fullmatch(FINDINGS[name], ascii_(headline(plan_of(name)).sentence))


def test_the_headline_has_the_figures_of_the_plan() -> None:
    plan = plan_of("base")
    gain = plan.totals.difference.reference.objective
    sentence = headline(plan).sentence
    moved = sum(max(0.0, c.spend - c.reference) for c in plan.channels)
    for value in (moved, gain.mean, gain.p10, gain.p90):
        assert numbers.money(value, "EUR") in sentence


def test_keeping_says_why_and_how_much_could_be_missed() -> None:
    plan = plan_of("keep")
    more = ascii_(headline(plan).more)
    assert more.startswith("By this model, no split that the rules allow would bring even EUR ")
    unproven, _ = made(replace(KEEP, status="best found", gap=0.02))
    assert "is not ruled out" in headline(unproven).more


def test_another_budget_is_compared_with_the_split_of_the_reference_too() -> None:
    plan = plan_of("cut")
    scaled = plan.totals.difference.reference_scaled.objective
    assert numbers.money(scaled.mean, "EUR") in headline(plan).more
    assert "than the reference split at this budget" in headline(plan).more
    assert headline(plan_of("base")).more == ""


def test_money_that_is_left_is_not_compared_as_if_it_were_spent() -> None:
    """At most 3M of which 1.8M is spent: the reference scaled to the budget spends 3M."""
    plan, _ = made(replace(CASES["cut"], budget=("at_most", 3_000_000.0)))
    assert "than all of the budget, EUR 3.00M, split as the reference" in ascii_(
        headline(plan).more
    )
    assert odds(plan).notes[0] == "its split at all of the budget"


def test_a_gap_far_below_a_cent_is_not_spelt_out() -> None:
    plan, _ = made(replace(KEEP, gap=1e-16))
    assert ascii_(headline(plan).more).endswith("would bring even EUR 0.0100 more profit.")


def test_an_interval_across_zero_says_more_and_less() -> None:
    rows = tuple(
        (channel, campaign, ref, ref + (-1) ** place * 5_000, 3.0)
        for place, (channel, campaign, ref, *_) in enumerate(BASE_CASE.rows)
    )
    plan, _ = made(replace(BASE_CASE, rows=rows, spread=0.5))
    gain = plan.totals.difference.reference.objective
    assert gain.p10 < 0 < gain.p90
    assert re.search(
        r"sure: EUR\s\S+ (less|more) to EUR\s\S+ (more|less)\)", headline(plan).sentence
    )


def test_chances_are_never_certain() -> None:
    assert [ascii_(numbers.chance(p)) for p in (1.0, 0.995, 0.94, 0.5, 0.0)] == [
        "over 99 %", "over 99 %", "94 %", "50 %", "under 1 %",
    ]  # fmt: skip
    assert odds(plan_of("keep")).figure == "–"
    assert len(odds(plan_of("cut")).notes) == 2


def test_proven_is_worded_for_this_model_and_rounded_up() -> None:
    plan = plan_of("base")
    claim, words = proof(plan)
    assert ascii_(claim) == "Best for this model, within 0.040 %"
    (most,) = re.findall(r"even EUR\s([\d,]+) more profit", words)
    assert plan.certificate.gap <= float(most.replace(",", "")) <= plan.certificate.gap * 1.01
    assert "not the market" in words


def test_a_gap_of_nothing_is_not_written_as_nothing() -> None:
    assert ascii_(proof(plan_of("two"))[0]) == "Best for this model, within 0.0010 %"


def test_not_proven_says_so_first() -> None:
    plan = plan_of("not proven")
    claim, words = proof(plan)
    assert ascii_(claim) == "Not proven best for this model: within 2.1 %, asked for 0.10 %"
    assert numbers.money(plan.certificate.bound, "EUR") in words
    assert cautions(plan)[0].tag == "not proven"


def test_an_unhealthy_fit_says_what_failed_and_why_it_was_used() -> None:
    (caution,) = [c for c in cautions(plan_of("unhealthy")) if c.tag == "unhealthy model"]
    assert caution.sentence == (
        "1 of 2 checks (effective draws) failed. "
        "Used all the same: pilot for the Q1 workshop, no money moves on it"
    )


def test_lines_to_doubt_are_named_once() -> None:
    notes = (
        "affiliate/content: up to 4,000 a week, beyond the 3,000 ever observed",
        "search/brand and search/generic rise and fall together.",
    )
    plan, _ = made(replace(BASE_CASE, prior=(), warnings=notes))
    found = cautions(plan)
    assert [c.tag for c in found] == ["beyond observed range", "note"]
    assert found[0].sentence.startswith("affiliate/content spends more in some week than ever")
    assert found[1].sentence == notes[1]


def test_binding_rules_are_told_once_with_their_places() -> None:
    (held,) = binding(plan_of("base"))
    assert held.id == "moves"
    assert held.where[0].startswith("at the minimum: tv/brand, tv/sponsoring")
    assert held.where[1].startswith("at the maximum: search/generic")
    assert (held.owner, binding_title(plan_of("base"))) == (
        "media", "1 rule holds the plan where it is",
    )  # fmt: skip


@pytest.mark.parametrize(("budget", "told"), [("exactly", 0), ("at_most", 1)])
def test_a_budget_binds_only_where_less_was_allowed(budget: str, told: int) -> None:
    limit = rule("budget", "all", "max", "100,000.00 EUR in total", 100_000, 100_000, 0.0)
    plan, _ = made(replace(CASES["two"], budget=(budget, 100_000.0), constraints=(limit,)
    ))  # fmt: skip
    assert len(binding(plan)) == told


def test_titles_state_findings() -> None:
    plan = plan_of("base")
    assert ascii_(split_title(plan)).startswith("search gets EUR 132k more, tv EUR 173k less")
    assert ascii_(sure_title(plan)).startswith("9 times in 10: at least EUR ")
    slopes = {line.line: line.marginal_roas["revenue"] or 0.0 for line in plan.lines}
    assert f"most in {max(slopes, key=lambda name: slopes[name])} (" in curves_title(plan)


@pytest.mark.parametrize(
    ("value", "written"),
    [(1_234_567, "EUR 1.23M"), (410_000, "EUR 410k"), (9_312, "EUR 9,310"), (-42.34, "-EUR 42.3"),
     (0, "EUR 0"), (999_600, "EUR 1.00M"), (9_999, "EUR 10.0k"), (0.8404, "EUR 0.840"),
     (2.5e9, "EUR 2.50bn")],
)  # fmt: skip
def test_money_has_three_significant_digits(value: float, written: str) -> None:
    assert ascii_(numbers.money(value, "EUR")) == written


def test_other_figures() -> None:
    assert numbers.estimate(1_234_567, signed=True) == "+1,230,000"
    assert ascii_(numbers.whole(-24_000.4, signed=True)) == "-24,000"
    assert numbers.whole(-0.3, signed=True) == "0"
    assert ascii_(numbers.change(130, 100)) == "+30.0 %"
    assert [numbers.change(*pair) for pair in ((5, 0), (0, 0), (0, 5), (5, 5))] == [
        "new", "", "off", "unchanged",
    ]  # fmt: skip
    assert [numbers.axis(v) for v in (0, 750, 50_000, 1_500_000)] == ["0", "750", "50k", "1.5M"]
    assert numbers.no_less(0.00041201, 2) == pytest.approx(0.00042)
    assert numbers.no_less(0.0004, 2) == pytest.approx(0.0004)


def test_names_are_cleaned_cut_and_listed() -> None:
    assert clean("a\x1b[2J\nb\u202ec\td") == "a\ufffd[2J b\ufffdc d"
    assert short("x" * 50) == "x" * 39 + "…"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d"]) == "a, b and 2 others"
    assert listed([]) == "none"


def test_many_small_moves_are_told_as_those_of_many() -> None:
    """600 channels, of which each moves a third of a percent of what moves in all."""
    rows = tuple(
        (f"c{place:03d}", None, 1000.0, 1010.0 if place % 2 else 990.0, 3.0) for place in range(600)
    )
    plan, _ = made(Case(rows=rows, budget=("exactly", 600_000.0)))
    said = ascii_(headline(plan).sentence)
    assert said.startswith("Moving EUR 3,000 from c000, c002 and 298 others to c001, c003 and 298")
