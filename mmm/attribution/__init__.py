"""Where a KPI came from, week by week: baseline, treatments, media, and what each return cost."""

from mmm.attribution.attribution import Attribution, attribution
from mmm.attribution.groups import BY, Group, groups
from mmm.attribution.ledger import write_ledger
from mmm.attribution.report import Report, Total, report

__all__ = [
    "BY",
    "Attribution",
    "Group",
    "Report",
    "Total",
    "attribution",
    "groups",
    "report",
    "write_ledger",
]
