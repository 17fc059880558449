"""Log lines that TensorFlow's native code writes to standard error at import, which no environment variable silences.

Level I (information) only, and the banner that announces them: warnings and errors stay.
"""

from __future__ import annotations

import re

_BANNER = "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR"
_INFO = re.compile(r"I\d{4} \d\d:\d\d:\d+\.\d+ +\d+ [\w.-]+\.(cc|h|cpp):\d+\] ")
#: How such a line begins; 0 stands for any digit.
_SHAPE = "I0000 00:00:0"


class NoiseFilter:
    """Passes text on as it comes, less the noise. Only the start of a line that may yet be noise is held back."""

    def __init__(self) -> None:
        self._held = ""
        self._passing = False

    def feed(self, text: str) -> str:
        """Return what of `text`, and of what was held back, can be shown."""
        shown = []
        for piece in re.findall(r"[^\n]*\n|[^\n]+", text):
            if self._passing:
                shown.append(piece)
                self._passing = not piece.endswith("\n")
                continue
            self._held += piece
            if self._held.endswith("\n"):
                shown.append(self.flush())
            elif not _may_be_noise(self._held):
                shown.append(self.flush())
                self._passing = True
        return "".join(shown)

    def flush(self) -> str:
        """Return what is held back, if it is no noise, and forget it."""
        line, self._held = self._held, ""
        return "" if line.rstrip("\n") == _BANNER or _INFO.match(line) else line


def _may_be_noise(start: str) -> bool:
    return _BANNER.startswith(start) or all(
        have.isdigit() if want == "0" else have == want for have, want in zip(start, _SHAPE, strict=False)
    )
