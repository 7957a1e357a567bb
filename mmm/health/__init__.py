"""The health card: may a plan be built on this fit? Each check in one sentence for a planner.

One file for each group of rules; ``rules.py`` lists them all. What they judge is gathered in
``mmm.health_facts``.
"""

from mmm.health._base import Rule
from mmm.health.rules import RULES, health_card

__all__ = ["RULES", "Rule", "health_card"]
