"""Sizes of files in words."""

import math


def size_in_words(size_bytes: int) -> str:
    """`size_bytes` in the unit a person would use, exact below 1 KB: `17 B`, `3.4 KB`, `20 MB`, `20.01 MB`.

    Rounded up to two decimals, so that one byte over a limit reads as more than the limit.
    """
    if size_bytes < 1024:
        return f"{size_bytes} B"
    unit, value = ("KB", size_bytes / 1024) if size_bytes < 1024**2 else ("MB", size_bytes / 1024**2)
    return f"{math.ceil(value * 100) / 100:.2f}".rstrip("0").rstrip(".") + f" {unit}"
