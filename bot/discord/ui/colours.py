"""The colours of the bars beside messages, one for each meaning."""

from __future__ import annotations

#: Something to read or to answer.
BLURPLE = 0x5865F2
#: Under way.
BLUE = 0x3B82F6
#: Right, done.
GREEN = 0x22A559
#: Wrong, failed, or not to be undone.
RED = 0xDA373C
#: Over, or nothing there.
GREY = 0x80848E
#: Not sure, half right, or the member's own.
AMBER = 0xF0B232
