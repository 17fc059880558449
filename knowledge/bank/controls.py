"""The controls that pages may speak of, by the words of the interface.

Pages are read beside the interface, so a name that it does not have leads nowhere. The interface's own words are in
`bot/wording`; a test holds the two together.
"""

from __future__ import annotations

from typing import Final

from knowledge.bank.models import Text

#: By its key in the wording.
CONTROLS: Final[dict[str, Text]] = {"run.button.break": Text(zh="改坏试试", en="Break it")}
