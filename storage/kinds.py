"""The kinds of file that Bailu takes, and how each is known by its name and by its first bytes."""

from dataclasses import dataclass
from pathlib import PurePath

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
CSV = "text/csv"

# What browsers say when they do not know better; a CSV on a machine with Excel is called XLS.
UNKNOWN = frozenset({"", "application/octet-stream", "application/x-download"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: its media type, its name endings, what else browsers call it, the magic it bears.

    `magic` are the endings that `puremagic` finds for it; empty for plain text, which has no magic.
    """

    content_type: str
    label: str
    endings: tuple[str, ...]
    aliases: frozenset[str]
    magic: frozenset[str]
    # Shown by browsers themselves, without scripts of its own reaching ours.
    inline: bool = False


KINDS = {
    kind.content_type: kind
    for kind in (
        Kind(PDF, "PDF", (".pdf",), frozenset({"application/x-pdf"}), frozenset({".pdf"}), inline=True),
        Kind(
            JPEG,
            "JPEG",
            (".jpg", ".jpeg"),
            frozenset({"image/pjpeg", "image/jpg"}),
            frozenset({".jpg"}),
            inline=True,
        ),
        Kind(PNG, "PNG", (".png",), frozenset({"image/x-png"}), frozenset({".png"}), inline=True),
        Kind(XLSX, "Excel (.xlsx)", (".xlsx",), frozenset({"application/zip", XLS}), frozenset({".xlsx"})),
        Kind(XLS, "Excel (.xls)", (".xls",), frozenset({"application/msexcel"}), frozenset({".xls", ".doc"})),
        Kind(CSV, "CSV", (".csv",), frozenset({"text/plain", "application/csv", XLS}), frozenset()),
    )
}


def kind_of(filename: str, declared: str) -> Kind | None:
    """The kind that `filename` ends like; None for none, or where the browser's `declared` type denies it."""
    ending = PurePath(filename).suffix.lower()
    declared = declared.partition(";")[0].strip().lower()
    for kind in KINDS.values():
        if ending in kind.endings:
            fits = declared in UNKNOWN or declared == kind.content_type or declared in kind.aliases
            return kind if fits else None
    return None
