"""What a picture declares, read without decoding it: its kind, its size, the pixels that a viewer will work through.

A viewer believes what is declared and allocates it: 30,000 x 30,000 pixels fit into a 109 KB PNG. So all that makes it
work is added up: each frame of an animation as large as its screen, each scan of a progressive JPEG over all its
pixels. An animation may make more work, for a viewer holds one frame at a time and shows the first at once. Walking
stops at a number of steps that no picture made in good faith comes near, so that a look stays cheap.

Sources: PNG, third edition, 5 and 11; GIF89a; ITU T.81, annex B.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

#: Of a picture over all its scans, and of each frame of an animation: what is held in memory.
MAX_PIXELS = 25_000_000
#: Of an animation over all its frames: 400 of matplotlib's usual size (640 x 480), 120 of a thousand by a thousand.
MAX_MOVING_PIXELS = 125_000_000
#: Blocks, chunks or segments of one file; 8 MB in the usual pieces are some 30,000 of a GIF.
MAX_STEPS = 50_000
#: Sets of tables, comments and scans of one JPEG; a progressive one has ten scans.
MAX_SEGMENTS = 1000
#: Compressed text and colour profiles of a PNG: they may unpack to a thousand times their size.
MAX_PACKED = 64 * 1024

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PACKED = (b"zTXt", b"iTXt", b"iCCP")
_FRAME_TYPES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Baseline, extended and progressive, all by Huffman: what viewers read. No arithmetic, lossless or hierarchical ones.
_KNOWN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_BARE_MARKERS = frozenset({0x01, 0xD8})
#: Neither a byte of a scan's data, nor a restart, nor filling.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class NotAPicture(ValueError):
    """The file is none of the kinds known, or breaks the rules of its kind."""


@dataclass(frozen=True)
class Picture:
    """What a file declares.

    Attributes:
        kind: its media type.
        width: pixels.
        height: pixels.
        work: pixels that a viewer computes, over all frames and scans.
        frames: how many there are, 1 of what does not move.
        largest: pixels of the largest frame.
    """

    kind: str
    width: int
    height: int
    work: int
    frames: int = 1
    largest: int = 0


def read(content: bytes) -> Picture:
    """Return what a PNG, GIF or JPEG declares; a file that was cut off, as far as it goes.

    Raises:
        NotAPicture: it is none, or one that no program writes in good faith.
    """
    if content.startswith(_PNG):
        return _png(content)
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        return _gif(content)
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    raise NotAPicture("no PNG, GIF or JPEG")


def _png(content: bytes) -> Picture:
    width, height = _png_header(content)
    frames = announced = packed = 0
    for kind, body in _chunks(content):
        if kind == b"acTL":
            announced = max(announced, int.from_bytes(body[:4], "big"))
        elif kind == b"fcTL":
            frames += 1
            if int.from_bytes(body[4:8], "big") > width or int.from_bytes(body[8:12], "big") > height:
                raise NotAPicture("a frame of the PNG is larger than the picture")
        elif kind in _PACKED:
            packed += len(body)
            if packed > MAX_PACKED:
                raise NotAPicture("compressed text of the PNG is larger than any picture needs")
    count = max(1, frames, announced)
    return Picture("image/png", width, height, width * height * count, count, width * height)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and body of each chunk of a PNG, to the end or to where the file is cut off."""
    at = len(_PNG)
    for _ in range(MAX_STEPS):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content):
            return
        body = content[at + 8 : end - 4]
        if zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(content[end - 4 : end], "big"):
            raise NotAPicture("a part of the PNG has a wrong checksum")
        if kind == b"IHDR" and at != len(_PNG):
            raise NotAPicture("a PNG with two headers")
        yield kind, body
        if kind == b"IEND":
            if end < len(content):
                raise NotAPicture("something follows the end of the PNG")
            return
        at = end
    raise NotAPicture("a PNG of too many parts")


def _png_header(content: bytes) -> tuple[int, int]:
    if len(content) < 33 or content[8:16] != b"\0\0\0\rIHDR":
        raise NotAPicture("a PNG without a header")
    width, height, depth, colour, compression, filters, interlace = struct.unpack(">IIBBBBB", content[16:29])
    if depth not in _PNG_DEPTHS.get(colour, ()) or compression or filters or interlace > 1:
        raise NotAPicture("a PNG of no known form")
    return width, height


def _gif(content: bytes) -> Picture:
    width, height = struct.unpack("<HH", content[6:10])
    reader = _Gif(content)
    work, frames, largest = 0, 0, width * height
    while (block := reader.block()) is not None:
        # Each frame is laid on the screen, which grows where a frame is larger.
        pixels = max(width, block[0]) * max(height, block[1])
        work, frames, largest = work + pixels, frames + 1, max(largest, pixels)
    return Picture("image/gif", width, height, max(work, width * height), max(1, frames), largest)


class _Gif:
    """Walks the blocks of a GIF."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._steps = 0
        self._at = 13 + self._table(self._byte(10))

    def block(self) -> tuple[int, int] | None:
        """Return right and lower end of the next frame; None at the end, or where the file is cut off."""
        while self._at < len(self._content):
            self._step()
            kind = self._byte(self._at)
            if kind == 0x21:  # an extension: its label, then data
                self._at += 2
                self._skip_data()
            elif kind == 0x2C:
                if self._at + 10 > len(self._content):
                    return None
                left, top, width, height, flags = struct.unpack("<HHHHB", self._content[self._at + 1 : self._at + 10])
                if 0 in (width, height):
                    raise NotAPicture("a frame of the GIF has no pixels")
                self._at += 11 + self._table(flags)  # and the size of its codes
                self._skip_data()
                return left + width, top + height
            elif kind == 0x3B:
                if self._at + 1 < len(self._content):
                    raise NotAPicture("something follows the end of the GIF")
                return None
            else:
                raise NotAPicture("a GIF with a block of no known kind")
        return None

    def _byte(self, at: int) -> int:
        return self._content[at] if at < len(self._content) else 0

    def _table(self, flags: int) -> int:
        return 3 << (flags & 7) + 1 if flags & 0x80 else 0

    def _skip_data(self) -> None:
        while size := self._byte(self._at):
            self._at += 1 + size
            self._step()
        self._at += 1

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise NotAPicture("a GIF of too many parts")


def _jpeg(content: bytes) -> Picture:
    size: tuple[int, int] | None = None
    scans = 0
    at = 2
    for _ in range(MAX_SEGMENTS):
        # Viewers, too, pass over whatever lies before the next marker.
        found = _MARKER.search(content, at)
        if found is None or found.end() + 2 > len(content):
            break  # cut off, or nothing behind the end
        marker, at = content[found.end() - 1], found.end()
        if marker == 0xD9:
            raise NotAPicture("something follows the end of the JPEG")
        if marker in _BARE_MARKERS:
            continue
        length = int.from_bytes(content[at : at + 2], "big")
        if marker in _FRAME_TYPES:
            if size is not None:
                raise NotAPicture("a JPEG with two headers")
            size = _jpeg_frame(marker, content[at + 2 : at + length])
        scans += marker == 0xDA
        at += length
    else:
        raise NotAPicture("a JPEG of too many parts")
    if size is None:
        raise NotAPicture("a JPEG without a header")
    pixels = size[0] * size[1]
    return Picture("image/jpeg", *size, pixels * max(1, scans), largest=pixels)


def _jpeg_frame(marker: int, body: bytes) -> tuple[int, int]:
    if marker not in _KNOWN_FRAMES or len(body) < 6:
        raise NotAPicture("a JPEG of a form that viewers do not share")
    precision, height, width, components = struct.unpack(">BHHB", body[:6])
    if precision != 8 or components not in (1, 3, 4):
        raise NotAPicture("a JPEG of a form that viewers do not share")
    return width, height
