"""Lines the data cannot speak about: media paid by result, and those without history."""

from mmm.unlearnt.known import Unlearnt, unlearnt
from mmm.unlearnt.new import new_line_misfits
from mmm.unlearnt.tested import Incremental, incremental_given
from mmm.unlearnt.words import notes

__all__ = [
    "Incremental",
    "Unlearnt",
    "incremental_given",
    "new_line_misfits",
    "notes",
    "unlearnt",
]
