"""Customer lifetime value: what a new customer is worth, from a table of orders.

The package itself is light, for whoever reads a ``clv.yaml``: pydantic, no NumPy. What makes one
is ``mmm.clv.estimate``.
"""

from mmm.clv.file import SCHEMA_VERSION, ClvFile, Holdout, Range, Segment, load

__all__ = ["SCHEMA_VERSION", "ClvFile", "Holdout", "Range", "Segment", "load"]
