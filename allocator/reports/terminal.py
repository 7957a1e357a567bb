"""A plan on the terminal: the sentence, the split, what binds, what to doubt, the proof.

Everything but the names is plain ASCII, so that it survives any pipe; a tag is a word, its colour
only repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group as Stack
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from allocator.plan import LinePlan, Money, Plan, Status
from allocator.reports._base import numbers
from allocator.reports._base.assumptions import basis, period
from allocator.reports._base.binding import binding
from allocator.reports._base.cautions import cautions, proof
from allocator.reports._base.folds import Row, by_channel, by_region
from allocator.reports._base.headline import headline, odds
from allocator.reports._base.names import clean, short, spoken
from allocator.reports._base.order import kpis
from allocator.reports._base.risk import risk_sentences
from allocator.reports._base.sought import shown
from allocator.reports._base.tags import PRIOR
from allocator.reports._base.titles import binding_title

LARGE = 1e8  # from here on amounts are told in thousands: more digits would not fit
NAME = 25  # columns of what stands on the left of a pair before it wraps
_ASCII = str.maketrans(
    {numbers.NBSP: " ", numbers.THIN: " ", numbers.MINUS: "-", "–": "-", "·": "-", "…": "~"}
)


def plan_tables(plan: Plan) -> RenderableType:
    """What ``allocator plan`` prints; fits 100 columns."""
    found = headline(plan)
    said = [Text(_plain(found.sentence), style="bold")]
    if found.more:
        said.append(Text(_plain(found.more)))
    subtitle = f"{plan.scenario.title} - {period(plan)}{basis(plan)}"
    return Stack(
        *said,
        Text(_plain(subtitle), style="dim"),
        Text(),
        _figures(plan),
        _split(plan, [(fold.row, fold.campaigns) for fold in by_channel(plan)]),
        *_regions(plan),
        *_rules(plan),
        *_cautions(plan),
        *_proof(plan),
    )


def _plain(text: str) -> str:
    return clean(text).translate(_ASCII)


def _pairs(rows: Iterable[tuple[str, Text]]) -> Table:
    """What stands on the left names what stands on the right."""
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(overflow="fold", max_width=NAME)
    made.add_column(overflow="fold")
    for name, words in rows:
        made.add_row(Text(_plain(name), style="dim"), words)
    return made


def _figures(plan: Plan) -> Table:
    totals, currency, what = plan.totals, plan.currency, shown(plan)

    def said(value: float) -> str:
        return numbers.quantity(value, what.unit, currency)

    expected, chances = what.of(totals.plan), odds(plan)
    spend = (
        f"{numbers.money(totals.plan.spend, currency)} "
        f"(reference: {numbers.money(totals.reference.spend, currency)})"
    )
    outcome = f"{said(expected.mean)} (80 % sure: {said(expected.p10)} to {said(expected.p90)})"
    return _pairs(
        (name, Text(_plain(words)))
        for name, words in (
            ("spend", spend),
            (f"expected {what.name}", outcome),
            (chances.verb, f"{chances.figure} ({'; '.join(chances.notes)})"),
            *(("asked for", words) for words in risk_sentences(plan)),
        )
    )


def _regions(plan: Plan) -> list[RenderableType]:
    """Regions, each one row: the page has the lines within."""
    if not plan.geos:
        return []
    return [Text(), _split(plan, [(fold.row, ()) for fold in by_region(plan)])]


def _split(plan: Plan, folds: Sequence[tuple[Row, Sequence[Row]]]) -> Table:
    kpi = kpis(plan)[0]
    whole = plan.totals.plan.spend + plan.totals.reference.spend
    scale, thousand = (1e3, " k") if whole >= LARGE else (1.0, "")
    made = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        collapse_padding=True,
        show_footer=True,
    )

    def cells(entry: LinePlan | Money, spend: float, reference: float) -> list[Text]:
        return _cells(entry, kpi, (spend / scale, reference / scale))

    total, before = plan.totals.plan, plan.totals.reference.spend
    heads = _heads(plan, kpi)
    made.add_column(f"{plan.currency}{thousand}", Text("total"), overflow="fold")
    for head, foot in zip(heads, cells(total, total.spend, before), strict=True):
        made.add_column(head, foot, justify="right", no_wrap=True, vertical="bottom")
    for first, parts in folds:
        for row, indent in ((first, ""), *((part, "  ") for part in parts)):
            doubt = " *" if PRIOR in row.tags else ""
            name = Text(indent + _plain(row.name) + doubt, style="" if indent else "bold")
            made.add_row(name, *cells(row.entry, row.spend, row.entry.reference))
    return made


def _heads(plan: Plan, kpi: str) -> tuple[Text, ...]:
    ratio = "ROAS" if plan.units[kpi] == "currency" else "CAC"
    outcome = f"{_plain(short(spoken(kpi), 22))}\n80 % sure"
    return tuple(map(Text, ("reference", "recommended", "change", "", outcome, ratio)))


def _cells(entry: LinePlan | Money, kpi: str, spend: tuple[float, float]) -> list[Text]:
    """Reference, recommended, change twice, outcome with its interval, ratio."""
    planned, reference = spend
    found = entry.kpis[kpi]
    ends = f"{numbers.compact(found.p10)} to {numbers.compact(found.p90)}"
    ratio = entry.roas.get(kpi) or entry.cac.get(kpi)
    cells = (
        numbers.whole(reference),
        numbers.whole(planned),
        numbers.whole(planned - reference, signed=True),
        numbers.change(planned, reference),
        f"{numbers.compact(found.mean)} ({ends})",
        "-" if ratio is None else numbers.compact(ratio.mean),
    )
    return [Text(_plain(cell)) for cell in cells]


def _rules(plan: Plan) -> list[RenderableType]:
    rows = []
    for rule in binding(plan):
        words = (rule.words, *rule.where, rule.reason, f"owner: {rule.owner}")
        rows.append((rule.id, Text(_plain("; ".join(words)))))
    return [
        Text(),
        Text(_plain(binding_title(plan)), style="bold"),
        *([_pairs(rows)] if rows else []),
    ]


def _cautions(plan: Plan) -> list[RenderableType]:
    rows = [(_starred(caution.tag), Text(_plain(caution.sentence))) for caution in cautions(plan)]
    return [Text(), Text("Warnings", style="bold"), _pairs(rows)] if rows else []


def _starred(tag: str) -> str:
    """The tag, with the star that marks its lines in the table."""
    return f"* {tag}" if tag == PRIOR else tag


def _proof(plan: Plan) -> list[Text]:
    claim, words = proof(plan)
    colour = "green" if plan.certificate.status is Status.PROVEN else "yellow"
    return [Text(), Text(_plain(f"{claim}."), style=f"bold {colour}"), Text(_plain(words))]
