"""The papers of the demonstration: one-page PDFs, made here, kept in the document store, counted as verified."""

import hashlib
import io
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from accounts.models import Organisation, User
from config.words import T
from storage.kinds import PDF
from storage.models import Document, DocumentState
from storage.objects import store
from workflows.models import Application, ApplicationPaper

PUTS_AT_ONCE = 6
NOT_REAL = T("Demonstration: not a real document", "演示材料，并非真实文件")
# The fonts stay in the reader: Helvetica and STSong are among those that every PDF reader stands in for.
OBJECTS = (
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</A 5 0 R/Z 6 0 R>>>>>>",
    "",
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[7 0 R]>>",
    "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/FontDescriptor 8 0 R"
    "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>",
    "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
    "/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
)


def pdf(lines: Sequence[tuple[int, str]]) -> bytes:
    """A page with `lines` of (size, text) from top to bottom."""
    y, drawn = 780, []
    for size, text in lines:
        if text.isascii():
            shown = "(" + text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") + ")"
        else:
            shown = f"<{text.encode('utf-16-be').hex()}>"
        drawn.append(f"BT /{'A' if text.isascii() else 'Z'} {size} Tf 60 {y} Td {shown} Tj ET")
        y -= size + 14
    stream = "\n".join(drawn)
    bodies = [body or f"<</Length {len(stream)}>>stream\n{stream}\nendstream" for body in OBJECTS]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for n, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += f"{n} 0 obj\n{body}\nendobj\n".encode("ascii")
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode("ascii")
    out += b"".join(f"{offset:010d} 00000 n \n".encode("ascii") for offset in offsets)
    out += f"trailer<</Size {len(bodies) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode("ascii")
    return bytes(out)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper that somebody handed in at a time."""

    case: Application
    firm: Organisation
    paper: str
    by: User
    at: datetime


class Press:
    """Makes papers and puts them into the store, several at a time, while the rest goes on.

    Leaving the context waits for the last of them.

    Raises:
        StoreAway: on entering or leaving, where the store does not answer.
    """

    def __enter__(self) -> Self:
        store().ensure_bucket()
        self._pool = ThreadPoolExecutor(PUTS_AT_ONCE)
        self._under_way: list[Future[None]] = []
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        if kind is None:
            for put in self._under_way:
                put.result()

    def hand_in(self, wanted: Iterable[Wanted]) -> None:
        """A PDF for each in the store, with its document row and its place in the checklist."""
        handed = [self._made(entry) for entry in wanted]
        Document.objects.bulk_create([paper.document for paper in handed], batch_size=500)
        ApplicationPaper.objects.bulk_create(handed, batch_size=500)

    def _made(self, entry: Wanted) -> ApplicationPaper:
        title = paper_title(entry.case, entry.paper)
        content = pdf(_lines(entry, title))
        pk = uuid.uuid4()
        digest = hashlib.sha256(content).hexdigest()
        document = Document(
            pk=pk, object_key=f"documents/{pk.hex[:2]}/{pk}", filename=f"{title.zh}.pdf", content_type=PDF,
            size_bytes=len(content), sha256=digest, declared_sha256=digest, state=DocumentState.VERIFIED,
            verified_at=entry.at, created_at=entry.at, queued_at=entry.at, purpose=f"paper:{entry.paper}",
            uploaded_by=entry.by, organisation=entry.firm,
        )  # fmt: skip
        self._under_way.append(self._pool.submit(_put, document.object_key, content))
        return ApplicationPaper(
            application=entry.case, paper=entry.paper, document=document, added_by=entry.by, added_at=entry.at
        )


def paper_title(case: Application, slug: str) -> T:
    paper = case.declaration.paper(slug)
    assert paper is not None
    return paper.title


def _put(key: str, content: bytes) -> None:
    store().put(key, io.BytesIO(content), len(content), PDF)


def _lines(entry: Wanted, title: T) -> list[tuple[int, str]]:
    return [
        (20, title.zh),
        (14, title.en),
        (12, f"{entry.firm.name}"),
        (12, f"{entry.firm.credit_code}  {entry.case.year}  {entry.at:%Y-%m-%d}"),
        (12, NOT_REAL.zh),
        (12, NOT_REAL.en),
    ]
