"""One good case, and each way to spoil it: name -> mutation."""

from __future__ import annotations

from collections.abc import Callable

import planner_case
import region_case

Case = dict[str, str]


def swap(file: str, old: str, new: str, times: int = 1) -> Callable[[Case], Case]:
    """The case with ``old`` replaced in one file; ``old`` must be there."""

    def mutate(case: Case) -> Case:
        assert old in case[file], f"{old!r} is not in {file}"
        return {**case, file: case[file].replace(old, new, times)}

    return mutate


def lines(file: str, change: Callable[[list[str]], list[str]]) -> Callable[[Case], Case]:
    """The case with the lines of one file changed."""

    def mutate(case: Case) -> Case:
        changed = change(case[file].splitlines())
        return {**case, file: "".join(f"{line}\n" for line in changed)}

    return mutate


def column(file: str, name: str, cell: Callable[[int, str], str]) -> Callable[[Case], Case]:
    """The case with every cell of a column changed; rows count from 0."""

    def change(text: list[str]) -> list[str]:
        place = text[0].split(",").index(name)
        rows = [line.split(",") for line in text[1:]]
        for number, row in enumerate(rows):
            row[place] = cell(number, row[place])
        return [text[0], *(",".join(row) for row in rows)]

    return lines(file, change)


def without(file: str) -> Callable[[Case], Case]:
    """The case without one file."""
    return lambda case: {name: text for name, text in case.items() if name != file}


def both(*mutations: Callable[[Case], Case]) -> Callable[[Case], Case]:
    """Several mutations, one after the other."""

    def mutate(case: Case) -> Case:
        for one in mutations:
            case = one(case)
        return case

    return mutate


def days(text: list[str]) -> list[str]:
    """Every weekly row as seven daily ones."""
    rows = [line.split(",", 1) for line in text[1:]]
    daily = []
    for number, (_, rest) in enumerate(rows):
        first = planner_case.week(number)
        daily += [f"{first.fromordinal(first.toordinal() + d)},{rest}" for d in range(7)]
    return [text[0], *daily]


def shifted(by: int) -> Callable[[int, str], str]:
    """Weekly dates moved by some days."""
    return lambda row, cell: str(
        planner_case.week(row).fromordinal(planner_case.week(row).toordinal() + by)
    )


def us_dates(row: int, cell: str) -> str:
    return planner_case.week(row).strftime("%m/%d/%Y")


def by_region(*mutations: Callable[[Case], Case]) -> Callable[[Case], Case]:
    """The case by region, changed."""
    return lambda case: both(*mutations)(region_case.files())


def newsletter(channel: str, count: str = "9") -> Callable[[Case], Case]:
    """The case with a channel ``post`` and a column of its own beside the KPIs."""
    return both(
        lines(
            KPI,
            lambda text: [
                f"{text[0]},mails",
                *(f"{line},{count}{i % 7 * bool(count)}" for i, line in enumerate(text[1:])),
            ],
        ),
        swap(MODEL, "tv: {}", f"tv: {{}}\n  post: {channel}"),
    )


KPI, MEDIA, MODEL = "kpis.csv", "media.csv", "model.yaml"
TV_7 = f"{planner_case.spend('tv', 7):.2f}"
KPI_7 = planner_case.kpi_rows()[8]

MUTATIONS: dict[str, Callable[[Case], Case]] = {
    # files
    "no model file": without(MODEL),
    "no table": without(KPI),
    "misspelt table": swap(MODEL, "kpis.csv", "kpi.csv"),
    "empty table": lambda case: {**case, KPI: ""},
    "header only": lines(KPI, lambda text: text[:1]),
    "spreadsheet": swap(MODEL, "kpis.csv", "kpis.xlsx"),
    "semicolons": lambda case: {**case, KPI: case[KPI].replace(",", ";")},
    "broken quotation": swap(KPI, KPI_7[3], f'"{KPI_7[3]}"x'),
    "column name twice": swap(KPI, "customers", "revenue"),
    "extra field": swap(MEDIA, f"tv,,{TV_7},", f"tv,,{TV_7},,note"),
    "missing field": swap(MEDIA, f"tv,,{TV_7},", f"tv,{TV_7},"),
    # numbers
    "text in a number": swap(MEDIA, TV_7, "tbd"),
    "empty cell": swap(MEDIA, f"tv,,{TV_7},", "tv,,,"),
    "empty kpi": swap(KPI, KPI_7[1], ""),
    "NA in a number": swap(KPI, KPI_7[2] + "," + KPI_7[3], f"NA,{KPI_7[3]}"),
    "infinite number": swap(KPI, KPI_7[1], "inf"),
    "number too large": swap(KPI, KPI_7[1], "1e999"),
    "negative spend": swap(MEDIA, TV_7, "-" + TV_7),
    "negative kpi": swap(KPI, KPI_7[1], "-" + KPI_7[1]),
    "money as a count": swap(
        MODEL, "unit: currency}", "unit: currency, likelihood: negative_binomial}"
    ),
    "half a customer": both(
        swap(MODEL, "unit: count}", "unit: count, likelihood: negative_binomial}"),
        column(KPI, "customers", lambda row, cell: f"{cell}.5" if row in (4, 9, 20) else cell),
    ),
    "less than no customer": both(
        swap(MODEL, "unit: count}", "unit: count, likelihood: negative_binomial}"),
        lambda case: {**case, MODEL: case[MODEL] + "answers: {negative_kpi: accept}\n"},
        column(KPI, "customers", lambda row, cell: "-3" if row == 11 else cell),
    ),
    "currency sign": swap(MEDIA, TV_7, "€" + TV_7),
    "percent sign": swap(KPI, KPI_7[3], "9.5%"),
    "thousands or decimals": swap(MEDIA, TV_7, '"1,200"'),
    "thousands": swap(MEDIA, TV_7, '"1,200.50"'),
    "decimal comma": lambda case: {
        **case,
        KPI: case[KPI].replace(",", ";").replace(".", ","),
        MODEL: case[MODEL].replace("kpis.csv", "kpis.csv, delimiter: ';'"),
    },
    "two decimal marks": lambda case: {
        **case,
        KPI: case[KPI].replace(",", ";"),
        MODEL: case[MODEL].replace("kpis.csv", "kpis.csv, delimiter: ';', decimal: ','"),
    },
    "three decimals everywhere": column(KPI, "revenue", lambda row, cell: f"{20 + row}.{cell[:3]}"),
    # dates
    "day or month first": column(
        KPI, "date", lambda row, cell: f"{row % 12 + 1:02d}/{row % 11 + 1:02d}/2021"
    ),
    "months first": column(KPI, "date", us_dates),
    "text for a date": swap(KPI, f"{planner_case.week(7)}", "week 8"),
    "impossible date": swap(KPI, f"{planner_case.week(7)}", "2021-02-30"),
    "duplicated week": lines(KPI, lambda text: [*text[:9], text[8], *text[9:]]),
    "duplicated line and week": lines(MEDIA, lambda text: [*text, text[-1]]),
    "missing week": lines(KPI, lambda text: [*text[:8], *text[9:]]),
    "line without rows in some weeks": lines(
        MEDIA, lambda text: [line for i, line in enumerate(text) if "brand" not in line or i < 90]
    ),
    "daily rows": lines(KPI, days),
    "daily and weekly rows": lines(KPI, lambda text: [*days(text[:21]), *text[21:]]),
    "weekly rows called daily": swap(MODEL, "currency", "frequency: daily\ncurrency"),
    "incomplete daily weeks": both(
        lines(KPI, lambda text: [text[0], *days(text)[4:-2]]),
        swap(MODEL, "kpis.csv", "kpis.csv, frequency: daily"),
    ),
    "weeks from another day": column(KPI, "date", shifted(2)),
    "weeks named by their last day": column(KPI, "date", shifted(6)),
    "one date off its weekday": swap(KPI, f"{planner_case.week(7)}", "2021-02-23"),
    "monthly rows": lambda case: {
        **case,
        KPI: "date,revenue,customers,price\n"
        + "".join(f"{2010 + m // 12}-{m % 12 + 1:02d}-01,{m}5.1,{m},{m % 7}\n" for m in range(144)),
    },
    "tables of different weeks": lines(KPI, lambda text: [text[0], *text[3:]]),
    "too short": lambda case: {
        **case,
        KPI: "".join(case[KPI].splitlines(keepends=True)[:21]),
        MEDIA: "".join(case[MEDIA].splitlines(keepends=True)[:61]),
    },
    "nothing inside the window": swap(MODEL, "data:\n", "data:\n  start: 2031-01-06\n"),
    # series
    "channel without spend": lines(
        MEDIA,
        lambda text: [f"{line.rsplit(',', 2)[0]},0," if ",tv," in line else line for line in text],
    ),
    "same series": lines(
        MEDIA,
        lambda text: [
            *text,
            *(line.replace("generic", "copy") for line in text if "generic" in line),
        ],
    ),
    "kpi all zero": column(KPI, "customers", lambda row, cell: "0"),
    "kpi constant": column(KPI, "customers", lambda row, cell: "12"),
    "control constant": column(KPI, "price", lambda row, cell: "9.5"),
    "unknown channel in the data": swap(MEDIA, ",tv,", ",TV,", 3),
    "unlisted campaign": swap(MODEL, "search: {}", "search: {campaigns: {brand: {}, generik: {}}}"),
    "campaign sometimes empty": swap(MEDIA, "search,brand", "search,"),
    "channel without rows": swap(MODEL, "search: {}", "search: {}\n  radio: {}"),
    "regions": both(
        lambda case: {
            **case,
            KPI: "date,region,revenue,customers,price\n"
            + "".join(
                f"{row[0]},{region},{','.join(row[1:])}\n"
                for row in planner_case.kpi_rows()[1:]
                for region in ("NA", "EU")
            ),
        },
        swap(MODEL, "kpis.csv", "kpis.csv, geo: region"),
    ),
    "regions not declared": lambda case: {
        **case,
        KPI: "date,region,revenue,customers,price\n"
        + "".join(
            f"{row[0]},{region},{','.join(row[1:])}\n"
            for row in planner_case.kpi_rows()[1:]
            for region in ("NA", "EU")
        ),
    },
    "kpi equals a spend": both(
        lines(
            KPI,
            lambda text: [
                f"{text[0]},radio_spend",
                *(
                    f"{line},{line.split(',')[1] if i == 59 else 1000 + 37 * (i % 7)}"
                    for i, line in enumerate(text[1:])
                ),
            ],
        ),
        swap(MODEL, "search: {}", "search: {}\n  radio: {spend: radio_spend}"),
    ),
    "event outside the data": swap(
        MODEL, "currency:", "events: [{name: launch, dates: [2031-05-01]}]\ncurrency:"
    ),
    # model.yaml
    "unknown key": swap(MODEL, "controls:", "contrls:"),
    "unknown key inside": swap(MODEL, "tv: {}", "tv: {adstock: {windw: 8}}"),
    "unknown saturation": swap(MODEL, "tv: {}", "tv: {saturation: {kind: hil}}"),
    "parameter of another kind": swap(
        MODEL, "tv: {}", "tv: {saturation: {kind: logistic, slope: {median: 1.2, high90: 2}}}"
    ),
    "key twice": swap(MODEL, "currency: EUR", "currency: EUR\ncurrency: USD"),
    "not a currency": swap(MODEL, "currency: EUR", "currency: euro"),
    "unknown column": swap(MODEL, "column: customers", "column: custommers"),
    "unknown long column": swap(MODEL, "spend: spend", "spend: spent"),
    "column used twice": swap(MODEL, "{column: price}", "{column: revenue}"),
    "lopsided prior": swap(
        MODEL, "unit: currency", "unit: currency, prior: {roas: {median: 1, low90: 0.5, high90: 9}}"
    ),
    "two kinds of prior": swap(
        MODEL,
        "unit: count",
        "unit: count, prior: {cac: {median: 40, high90: 90}, roas: {median: 1, high90: 2}}",
    ),
    "roas of a count": swap(
        MODEL, "unit: count", "unit: count, prior: {roas: {median: 1, low90: 0.5, high90: 2}}"
    ),
    "no currency": swap(MODEL, "currency: EUR\n", ""),
    "start on a wrong day": swap(MODEL, "data:\n", "data:\n  start: 2021-01-06\n"),
    "prior for an unknown kpi": swap(
        MODEL, "tv: {}", "tv: {prior: {revenu: {roas: {median: 2, high90: 4}}}}"
    ),
    "wide channel without column": swap(
        MODEL,
        "    - {file: media.csv, form: long, channel: channel, campaign: campaign, spend: spend,\n"
        "       impressions: impressions}\n",
        "",
    ),
    "response on absent impressions": swap(MODEL, "tv: {}", "tv: {media: impressions}"),
    "unknown country": swap(MODEL, "controls:", "holidays: {country: DX}\ncontrols:"),
    "wrong date pattern": swap(MODEL, "kpis.csv", "kpis.csv, date_format: dd/mm/yyyy"),
    "a slash in a name": swap(MODEL, "tv: {}", "tv: {}\n  a/b: {}"),
    # regions
    "keep without geos": swap(MODEL, "currency:", "answers: {geo: keep}\ncurrency:"),
    "geos without keep": by_region(swap(MODEL, "geo: keep", "geo: sum")),
    "geos without a table of regions": swap(
        MODEL,
        "currency:",
        "answers: {geo: keep}\ngeos: {population: {north: 3.0, south: 2.0}}\ncurrency:",
    ),
    "one region": by_region(swap(MODEL, ", south: 1000000.0, east: 500000.0", "")),
    "nobody lives there": by_region(swap(MODEL, "east: 500000.0", "east: 0.0")),
    "unknown region": by_region(swap(KPI, ",south,", ",Sout,", 9)),
    "empty region": by_region(swap(MEDIA, ",east", ",")),
    "region without rows": by_region(
        swap(MODEL, "east: 500000.0", "east: 500000.0, west: 100000.0")
    ),
    "region without some weeks": by_region(
        lines(KPI, lambda text: [row for i, row in enumerate(text) if i not in (6, 9)])
    ),
    "line without rows in a region": by_region(
        lines(MEDIA, lambda text: [r for r in text if not ("brand" in r and "south" in r)])
    ),
    "kpi without regions": both(
        by_region(swap(MODEL, "{column: fuel}", "{column: price}"), swap(MODEL, "price", "fuel")),
        lines(
            "country.csv",
            lambda text: [f"{text[0]},visits", *(f"{r},{i % 9}" for i, r in enumerate(text[1:]))],
        ),
        swap(MODEL, "kpis:\n", "kpis:\n  visits: {column: visits, unit: count}\n"),
    ),
    "line with and without regions": by_region(
        swap(
            MODEL,
            "    - {file: country.csv}",
            "    - {file: late.csv, form: long, channel: channel, campaign: campaign,\n"
            "       spend: spend, impressions: impressions}\n    - {file: country.csv}",
        ),
        swap(MODEL, "geo: keep", "geo: keep, missing_weeks: zero_spend"),
        lambda case: {
            **case,
            MEDIA: "".join(case[MEDIA].splitlines(keepends=True)[:271]),
            "late.csv": planner_case.as_csv(
                [planner_case.media_rows()[0], *planner_case.media_rows()[91:]]
            ),
        },
    ),
    "kpi constant in a region": by_region(
        lines(
            KPI,
            lambda text: [
                ",".join([*row.split(",")[:3], "7", *row.split(",")[4:]]) if "east" in row else row
                for row in text
            ],
        )
    ),
    # media without cost
    "organic with spend": newsletter("{organic: true, spend: price, impressions: mails}"),
    "organic without impressions": newsletter("{organic: true}"),
    "organic campaign without impressions": newsletter(
        "{organic: true, campaigns: {a: {impressions: mails}, b: {}}}"
    ),
    "organic on spend": newsletter("{organic: true, media: spend, impressions: mails}"),
    "organic with a roas": newsletter(
        "{organic: true, impressions: mails, prior: {revenue: {roas: {median: 1, high90: 2}}}}"
    ),
    "organic without any impression": newsletter("{organic: true, impressions: mails}", ""),
    "organic with spend in a long table": swap(MODEL, "search: {}", "search: {organic: true}"),
    "a label that is taken": swap(MODEL, "tv: {}", "tv: {labels: {geo: DE}}"),
    "a label with a colon": swap(MODEL, "tv: {}", 'tv: {labels: {"a:b": c, brand: " shoes"}}'),
    "organic without impressions in a long table": swap(MODEL, "tv: {}", "tv: {organic: true}"),
    "impressions without spend": newsletter("{impressions: mails}"),
    # several at once, in one list
    "all at once": both(
        swap(MEDIA, TV_7, "tbd"),
        swap(KPI, KPI_7[1], "inf"),
        lines(KPI, lambda text: [*text[:20], *text[21:]]),
        swap(MODEL, "column: customers", "column: custommers"),
        swap(MODEL, "search: {}", "search: {}\n  radio: {}"),
    ),
}
