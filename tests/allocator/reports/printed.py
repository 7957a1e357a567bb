"""Headline figures as each document prints them, read off the finished document.

A figure's key says how it is written: `whole` (units of currency), `said` (in prose), `digits`
(three of them, in a table). Whatever the document, the same key must carry the same text.
"""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable
from typing import Any

import openpyxl

from allocator.findings.dossier import Dossier
from allocator.papers import page
from allocator.plan import Plan
from allocator.reports._base import numbers
from allocator.reports._base.fit import BREAK
from allocator.reports._base.numbers import THIN
from allocator.reports.onepager import onepager_html, typst_data
from allocator.reports.workbook import workbook

Printed = dict[str, str]
_GAIN = re.compile(
    rf"Expected gain on [^:]+: (.+?) profit \(80{THIN}% sure: (.+?) to (.+?)\); "
    r"a gain with a chance of (.+?)\."
)


def of_json(plan: Plan, dossier: Dossier) -> Printed:
    """From the two JSON files, each figure written by the house's rules for figures."""
    told, more = json.loads(plan.to_json()), json.loads(dossier.to_json())
    totals, gain = told["totals"], more["risk"]["gain"]
    objective, currency = totals["plan"]["objective"], told["currency"]

    def said(value: float) -> str:
        return numbers.money(value, currency)

    found = {
        "spend whole": numbers.whole(totals["plan"]["spend"]),
        "spend said": said(totals["plan"]["spend"]),
        "reference whole": numbers.whole(totals["reference"]["spend"]),
        "gap": numbers.percent(
            max(1e-5, numbers.no_less(told["certificate"]["gap_of_outcome"], 2)), digits=2
        ),
        "probability": numbers.chance(more["risk"]["better"]),
        "plan": told["digest"],
        "dossier": more["digest"],
    }
    for end in ("mean", "p10", "p90"):
        found[f"expected {end} said"] = said(objective[end])
        found[f"gain {end} said"] = said(gain[end])
    found["expected mean digits"] = numbers.estimate(objective["mean"])
    found["gain mean digits"] = numbers.estimate(gain["mean"], signed=True)
    found["gain ends"] = _ends(gain)
    for channel in told["channels"]:
        found[f"{channel['channel']} whole"] = numbers.whole(channel["spend"])
        found[f"{channel['channel']} was whole"] = numbers.whole(channel["reference"])
    return found


def of_page(plan: Plan, dossier: Dossier) -> Printed:
    text = page(plan, dossier).decode()
    figures = [_plain(one) for one in re.findall(r'<dd class="figure">(.*?)</dd>', text)]
    ends = re.search(rf"80{THIN}% sure: (.+?) to (.+?)</dd>", html.unescape(text))
    assert ends is not None
    split = _table(text, '<table class="split">', "</tfoot>")
    found = {
        "spend said": figures[0],
        "expected mean said": figures[1],
        "expected p10 said": ends[1],
        "expected p90 said": ends[2],
        "probability": figures[2],
        "spend whole": split["Total"][2],
        "reference whole": split["Total"][1],
        "gap": _gap(text),
        **_digests(dict(re.findall(r"<dt>(Plan|Dossier)</dt><dd><code>(\w+)</code>", text))),
        **_gain(_plain(text)),
    }
    for channel in plan.channels:
        found[f"{channel.channel} whole"] = split[channel.channel][2]
        found[f"{channel.channel} was whole"] = split[channel.channel][1]
    return found


def of_screen(plan: Plan, dossier: Dossier) -> Printed:
    text = onepager_html(plan, dossier).decode().replace(BREAK, "")
    rows = _table(text, "<table>", "</table>")
    digests = re.search(r"plan (\w{64})<br>dossier (\w{64})", text)
    assert digests is not None
    return _paper(rows, _plain(text), _plain(text), digests.groups())


def of_paper(plan: Plan, dossier: Dossier) -> Printed:
    """What Typst is told; it prints what it is told."""
    told = json.loads(typst_data(plan, dossier).replace(BREAK, ""))
    rows = {
        row["name"]: [row["reference"], row["plan"], row["change"], row["interval"]]
        for row in told["rows"]
    }
    digests = [one.split(" ")[1] for one in told["digests"]]
    return _paper(rows, " ".join(told["sure"]["lines"]), told["proof"]["title"], digests)


def of_workbook(plan: Plan, dossier: Dossier) -> Printed:
    """Cells hold figures, not texts: they are written here by the house's rules."""
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(plan, dossier)), data_only=True, read_only=True
    )
    rows = {str(row[0]): row for row in _rows(book["Summary"]) if row}
    cover = {str(row[0]): row for row in _rows(book["Cover"]) if row}
    spend, profit = rows[f"Spend, {plan.currency}"], rows[f"Profit, {plan.currency}"]
    better = [row for row in _rows(book["Summary"]) if row and row[0] == "Chance of more"]
    found = {
        "spend whole": numbers.whole(spend[3]),
        "spend said": numbers.money(spend[3], plan.currency),
        "reference whole": numbers.whole(spend[1]),
        "expected mean said": numbers.money(profit[3], plan.currency),
        "expected mean digits": numbers.estimate(profit[3]),
        "gain mean said": numbers.money(profit[5], plan.currency),
        "gain p10 said": numbers.money(profit[6], plan.currency),
        "gain p90 said": numbers.money(profit[7], plan.currency),
        "probability": numbers.chance(better[0][-1]),
        "gap": _gap(" ".join(str(row[0]) for row in rows.values())),
        **_digests({key: cover[key][2] for key in ("Plan", "Dossier")}),
    }
    for channel in plan.channels:
        row = rows[channel.channel]
        found[f"{channel.channel} whole"] = numbers.whole(row[3])
        found[f"{channel.channel} was whole"] = numbers.whole(row[1])
    return found


DOCUMENTS: dict[str, Callable[[Plan, Dossier], Printed]] = {
    "plan.html": of_page,
    "onepager.html": of_screen,
    "onepager.pdf": of_paper,
    "plan.xlsx": of_workbook,
}


def _paper(rows: dict[str, list[str]], text: str, proof: str, digests: Any) -> Printed:
    spend = next(cells for name, cells in rows.items() if name.startswith("Media spend"))
    profit = next(cells for name, cells in rows.items() if name.startswith("Profit"))
    return {
        "spend whole": spend[1],
        "reference whole": spend[0],
        "expected mean digits": profit[1],
        "gain mean digits": profit[2].split(" ")[0],
        "gain ends": profit[3],
        "gap": _gap(proof),
        "plan": digests[0],
        "dossier": digests[1],
        **_gain(text),
    }


def _gain(text: str) -> Printed:
    match = _GAIN.search(text)
    assert match is not None
    mean, low, high, chance = match.groups()
    return {
        "gain mean said": mean, "gain p10 said": low, "gain p90 said": high, "probability": chance
    }  # fmt: skip


def _gap(text: str) -> str:
    match = re.search(rf"within ([\d.]+{THIN}%)", html.unescape(text))
    assert match is not None
    return match[1]


def _digests(found: dict[str, Any]) -> Printed:
    return {"plan": str(found["Plan"]), "dossier": str(found["Dossier"])}


def _ends(interval: dict[str, float]) -> str:
    low, high = (numbers.estimate(interval[end], signed=True) for end in ("p10", "p90"))
    return f"{low} to {high}"


def _plain(text: str) -> str:
    """Words of a piece of HTML, its figures' own blanks kept."""
    bare = html.unescape(re.sub(r"<[^>]+>", " ", text)).replace(BREAK, "")
    return re.sub(r"[ \n\t]+", " ", bare).strip(" ")


def _table(text: str, start: str, end: str) -> dict[str, list[str]]:
    """Row's name -> its cells, of the first such table; what stands beneath a figure is left out.

    Of rows with one name the first: those beneath it are its parts.
    """
    body = text[text.index(start) :]
    body = re.sub(r"<small>.*?</small>|<svg.*?</svg>", "", body[: body.index(end)], flags=re.DOTALL)
    found: dict[str, list[str]] = {}
    for row in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', body, re.DOTALL):
        name = _plain(re.sub(r'<span class="tag">.*?</span>', "", row[0]))
        cells = [_plain(one) for one in re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.DOTALL)]
        found.setdefault(name, cells)
    return found


def _rows(sheet: Any) -> list[list[Any]]:
    """Every row's cells, those that are empty left out."""
    rows = sheet.iter_rows(values_only=True)
    return [[cell for cell in row if cell is not None] for row in rows]
