"""Passwords that others guess first: those made of what everybody uses, and those that leaked.

Long passwords that are common are short common ones in a row (``password1234``,
``qwertyuiop123``, ``summer2026!``): what is left without such parts must be long enough by itself.
A file of leaked passwords, as Have I Been Pwned hands out (SHA-1 in hexadecimal, in order, one a
line), is searched where a server has one.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from mmm.errors import Fault, InputError, on_disk

LEFT = 8  # characters that no part below explains
OURS = (
    "allocator", "allocation", "budget", "signoff", "sign-off", "marketing", "media", "planner",
    "campaign", "manager", "finance", "director", "auditor", "admin", "approve", "scenario",
)  # fmt: skip
"""Words of this place: products, roles, what people do here."""
COMMON = (
    "password", "passw0rd", "p@ssword", "p@ssw0rd", "pass", "welcome", "w3lcome", "letmein",
    "login", "secret", "changeme", "default", "temp", "test", "guest", "root", "user", "master",
    "iloveyou", "loveyou", "love", "monkey", "dragon", "football", "baseball", "basketball",
    "soccer", "hockey", "liverpool", "chelsea", "arsenal", "barcelona", "superman", "batman",
    "spiderman", "pokemon", "starwars", "matrix", "princess", "sunshine", "flower", "shadow",
    "michael", "jordan", "jennifer", "jessica", "ashley", "daniel", "charlie", "thomas", "andrew",
    "george", "hunter", "killer", "ginger", "pepper", "cookie", "chocolate", "cheese", "summer",
    "winter", "autumn", "spring", "january", "february", "march", "april", "june", "july",
    "august", "september", "october", "november", "december", "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday", "company", "computer", "internet", "google",
    "samsung", "mercedes", "ferrari", "porsche", "london", "paris", "berlin", "trustno", "whatever",
    "freedom", "blessed", "jesus", "angel", "lovely", "hello", "abcdef", "abc", "xyz",
    "qwertyuiop", "qwertzuiop", "azertyuiop", "qwerty", "qwertz", "azerty", "qwert", "asdfghjkl",
    "asdfgh", "asdf", "zxcvbnm", "zxcvbn", "yxcvbnm", "zxcv", "1q2w3e4r5t6y7u8i9o0p",
    "1q2w3e4r5t", "1q2w3e4r", "1q2w3e", "1qaz2wsx3edc", "1qaz2wsx", "1qaz", "2wsx", "3edc",
    "q1w2e3r4t5", "q1w2e3r4", "zaq12wsx", "zaq1",
)  # fmt: skip
"""Parts of most passwords that people choose."""
_PARTS = re.compile(
    "|".join(re.escape(word) for word in sorted({*OURS, *COMMON}, key=len, reverse=True))
)
_RUNS = re.compile(r"(.)\1{2,}|0?1?23456789?0?|1234?5?|9?876543?2?1?0?|4?321|(?:19|20)\d\d")


def is_guessed(password: str) -> bool:
    """Whether little is left of it without what everybody uses."""
    left = _RUNS.sub("", _PARTS.sub("", password.lower()))
    return len(left) < LEFT


def refuse_leaked(password: str, file: Path | None) -> None:
    """Raise InputError for a password in a file of leaked ones; None where there is no such file.

    The file is searched where it lies, by halves: it may have many gigabytes.
    """
    if file is None:
        return
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    try:
        found = _is_in(wanted, file)
    except OSError as error:
        expected = "the file of leaked passwords"
        raise InputError([Fault(str(file), 0, 0, "", on_disk(error), expected)]) from None
    if found:
        expected = "one that nobody has leaked"
        raise InputError(
            [Fault("password", 0, 0, "", "a password that leaked elsewhere", expected)]
        )


def _is_in(wanted: bytes, file: Path) -> bool:
    """Whether a line of an ordered file begins so."""
    with file.open("rb") as lines:
        low, high = 0, lines.seek(0, 2)
        while low < high:  # the line sought begins in [low, high)
            middle = (low + high) // 2
            lines.seek(middle)
            if middle > 0:
                lines.seek(middle - 1)
                lines.readline()  # to the first line that begins at the middle or after it
            start = lines.tell()
            line = lines.readline()[:40].upper()
            if line == wanted:
                return True
            if not line or line > wanted:
                high = middle
            else:
                low = start + 1
    return False
