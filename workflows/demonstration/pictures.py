"""Pictures of the demonstration: a made-up street front, drawn here; no photograph of a real place is needed."""

import struct
import zlib

WIDTH, HEIGHT = 240, 180
SKY, GROUND, GLASS = (216, 232, 240), (150, 156, 150), (96, 140, 160)


def picture(seed: int) -> bytes:
    """A PNG of a building with as many storeys and windows as the seed says."""
    storeys, windows = 3 + seed % 4, 4 + seed % 5
    wall = (150 + seed * 37 % 80, 140 + seed * 53 % 80, 130 + seed * 71 % 80)
    top = HEIGHT - 40 - storeys * 40
    rows = []
    for y in range(HEIGHT):
        row = bytearray(b"\0")
        for x in range(WIDTH):
            row += bytes(_colour(x, y, top, windows, wall))
        rows.append(bytes(row))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _colour(x: int, y: int, top: int, windows: int, wall: tuple[int, int, int]) -> tuple[int, int, int]:
    if y >= HEIGHT - 40:
        return GROUND
    if y < top or not 40 <= x < WIDTH - 40:
        return SKY
    across, down = (x - 40) * windows % (WIDTH - 80), (y - top) % 40
    inside = (WIDTH - 80) * 0.25 < across < (WIDTH - 80) * 0.75 and 10 < down < 30
    return GLASS if inside else wall


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
