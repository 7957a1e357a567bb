"""Does sign-off hold when processes are killed, disks fill, databases go away, and all at once?"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "allocator" / "signoff"))  # its office
