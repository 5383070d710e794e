"""Where the sentences and clauses of a normalised text end: full stops, not the points of numbers and versions."""

from __future__ import annotations

import re

_STOP = r"[;!?\n]|(?<=[^\x00-\xff])\.|\.(?=[^\x00-\xff]|\s|$)"
CLAUSE, SENTENCE = re.compile(rf",|{_STOP}"), re.compile(_STOP)
