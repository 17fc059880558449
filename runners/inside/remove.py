"""Removing a folder that somebody hostile has filled: any depth, any rights, nothing outside it."""

from __future__ import annotations

import os


def remove(folder: str) -> None:
    """Remove `folder` and all in it; for when nothing writes there any more. What cannot be removed stays.

    Each folder found is moved to the top first, so that neither the depth of the tree nor the length of a path matters.
    """
    waiting = [folder]
    moved = 0
    while waiting:
        path = waiting.pop()
        try:
            os.chmod(path, 0o700)
            for entry in list(os.scandir(path)):
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
                    continue
                moved += 1
                top = os.path.join(folder, f".removed-{moved}")
                os.chmod(entry.path, 0o700)  # moving a folder writes to it
                os.rename(entry.path, top)
                waiting.append(top)
            if path != folder:
                os.rmdir(path)
        except OSError:
            continue
    try:
        os.rmdir(folder)
    except OSError:
        return
