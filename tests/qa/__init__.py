"""Properties of the allocator on many random problems: ``python -m tests.qa``."""

import sys
from pathlib import Path

CASES = Path(__file__).parents[1] / "allocator"
"""The folder of ``curve_case`` and its like, which pytest puts on the path by itself."""

if str(CASES) not in sys.path:
    sys.path.append(str(CASES))
