"""The zygote's memory: large pages, and none for code that nobody runs.

Large pages: a fork copies one table entry for each page, and there are 70,000 small pages.

About two thirds of them are joined into large pages, and a fork then takes a third of the time. A page that a job
changes is still copied as a small page, so a job needs no more memory.
"""

from __future__ import annotations

from runners.walls import libc

#: What the kernel joins; where its large pages have another size, it refuses and nothing changes.
_LARGE = 2 * 1024 * 1024
_COLLAPSE = 25  # MADV_COLLAPSE, Linux 6.1
_DONTNEED = 4  # MADV_DONTNEED


def join_pages() -> int:
    """Have the kernel join this process's small pages of memory that belongs to no file; return how many it made."""
    made = 0
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
        lines = file.read().splitlines()
    for line in lines:
        span, rights, _, _, inode, *_ = line.split()
        if rights == "rw-p" and inode == "0":
            start, end = (int(word, 16) for word in span.split("-"))
            for address in range(-(-start // _LARGE) * _LARGE, end - _LARGE + 1, _LARGE):
                made += libc.madvise(address, _LARGE, _COLLAPSE)
    return made


def unmap_files() -> int:
    """Let go of the pages of files that importing has touched, libraries above all; return how many bytes that is.

    They are as they lie on the disk, so the system's cache brings each back when it is used. A fork would not have
    inherited them either.
    """
    freed, span, mapped = 0, "", 0
    with open("/proc/self/smaps", encoding="utf-8", errors="surrogateescape") as file:
        lines = file.read().splitlines()
    for line in lines:
        words = line.split()
        if not words[0].endswith(":"):
            _, rights, _, _, inode, *_ = words
            span, mapped = (words[0] if "w" not in rights and inode != "0" else ""), 0
        elif words[0] == "Rss:":
            mapped = int(words[1]) * 1024
        elif words[0] == "Anonymous:" and words[1] == "0" and span and mapped:
            # Where that is not zero something was written once, as the loader writes addresses, and is nowhere else.
            start, end = (int(word, 16) for word in span.split("-"))
            freed += mapped * libc.madvise(start, end - start, _DONTNEED)
    return freed
