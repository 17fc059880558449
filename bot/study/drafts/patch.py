"""A topic's files as a patch that adds them: what `git diff` would print, made without git."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

#: Where topics lie in the repository.
_TOPICS = "knowledge/topics"


def patch(slug: str, files: Mapping[str, str]) -> str:
    """Return the patch that adds the files of a topic; `git apply` takes it at the root of the repository.

    Args:
        slug: the topic's folder.
        files: their content by name, with LF line ends.
    """
    return "".join(_added(f"{_TOPICS}/{slug}/{name}", content) for name, content in sorted(files.items()))


def _added(path: str, content: str) -> str:
    encoded = content.encode()
    # The name that git gives the content, by which it tells a file that is there already as the same.
    blob = hashlib.sha1(b"blob %d\0" % len(encoded) + encoded, usedforsecurity=False).hexdigest()
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\nindex {'0' * 40}..{blob}\n"
    if not content:
        return head
    lines = content.split("\n")  # not splitlines: git knows no other line end
    whole = lines[-1] == ""
    lines = lines[:-1] if whole else lines
    body = "".join(f"+{line}\n" for line in lines)
    end = "" if whole else "\\ No newline at end of file\n"
    return f"{head}--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n{body}{end}"
