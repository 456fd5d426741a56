"""Reads a roster of 20 columns and says what checking and storing cost above the bare reading.

    python -m benchmarks.roster_read [--rows 10000] [--rounds 5]

Each round reads the same file both ways, one after the other. The figures are medians of processor time: both ways
run on one thread, and a busy machine does not count against either. Storing is what a worker does with an upload that
was verified: read, checked, sealed, copied into staging, compared with the roster, counted; the time of the
database's process is added. It works in a database of its own beside the one of DATABASE_URL.
"""

import argparse
import gc
import io
import os
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import xlsxwriter  # noqa: E402
from django.db import connection  # noqa: E402
from python_calamine import CalamineWorkbook  # noqa: E402

from benchmarks import world  # noqa: E402
from benchmarks.lines import Line, at, over, told  # noqa: E402
from benchmarks.scratch import scratch, server_seconds  # noqa: E402
from config.words import T  # noqa: E402
from forms.fields import (  # noqa: E402
    IDENTITY_KINDS,
    BankCard,
    Choice,
    Date,
    Email,
    IdentityNumber,
    Integer,
    Mobile,
    Money,
    Option,
    Percent,
    Text,
    Year,
    YesNo,
)
from forms.fields.resident_id import check_character  # noqa: E402
from forms.roster import Column, Roster, read_xlsx  # noqa: E402
from storage.models import Document  # noqa: E402
from workflows import roster_imports  # noqa: E402
from workflows.models import Application, RosterImport  # noqa: E402

POST = Choice(
    options=(Option("technical", T("Technical", "技术岗")), Option("management", T("Management", "管理岗")))
)
KINDS: dict[str, Any] = {
    "name": Text(),
    "id_kind": IDENTITY_KINDS,
    "id_number": IdentityNumber(),
    "mobile": Mobile(),
    "email": Email(),
    "department": Text(),
    "title": Text(),
    "post_kind": POST,
    "hired_on": Date(),
    "still_employed": YesNo(),
    "pay_fen": Money(),
    "tax_fen": Money(),
    "insured_months": Integer(),
    "first_claimed_year": Year(),
    "shares": Percent(),
    "other_award": YesNo(),
    "card": BankCard(),
    "bank": Text(),
    "degree": Text(),
    "note": Text(),
}
ROSTER = Roster(
    columns=tuple(Column(name, T(name, name), kind, required=name != "note") for name, kind in KINDS.items()),
    key=("id_number",),
)


def row(number: int) -> list[Any]:
    """One right row, as people fill it in: numbers as numbers, long ones as text."""
    first_17 = (
        f"350299{1960 + number % 40}{number % 12 + 1:02d}{number % 28 + 1:02d}{number // 336 % 1000:03d}"
    )
    return [
        *(f"示例{number}", "居民身份证", first_17 + check_character(first_17), f"138{number:08d}"),
        *(
            f"p{number}@example.com",
            f"部门{number % 30}",
            f"工程师{number % 50}",
            ("技术岗", "管理岗")[number % 2],
        ),
        *(f"20{number % 19:02d}-03-{number % 28 + 1:02d}", "是", 300000 + number + 0.25, 30000 + number / 4),
        *(number % 36, 2017 + number % 3, "0", "否", "6222021234567890128", "示例银行", "硕士", ""),
    ]


def workbook(rows: int) -> bytes:
    """The file that both ways read."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(KINDS))
        for number in range(1, rows + 1):
            sheet.write_row(number, 0, row(number))
    return buffer.getvalue()


def bare(data: bytes) -> int:
    """calamine's own read into Python."""
    return len(CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()) - 1


def checked(data: bytes) -> int:
    """Read, every cell checked, every row given."""
    count = wrong = 0
    for chunk in read_xlsx(io.BytesIO(data), ROSTER):
        count += len(chunk.rows)
        wrong += sum(bool(r.problems) for r in chunk.rows)
    if wrong:
        raise SystemExit(f"{wrong} of {count} rows are wrong: the file is not what it should be")
    return count


def seconds(read: Callable[[bytes], int], data: bytes, rows: int) -> float:
    gc.collect()
    began = time.process_time()
    if read(data) != rows:
        raise SystemExit("rows were lost")
    return time.process_time() - began


def upload(data: bytes) -> RosterImport:
    """An upload of the first roster of a case, whose document is there."""
    here = world.make(1, trail=False)
    case = Application.objects.get(round=here.round)
    document = Document.objects.create(
        object_key="benchmark", filename="roster.xlsx", size_bytes=len(data), purpose=roster_imports.PURPOSE,
        uploaded_by=here.owner, organisation=case.applicant,
    )  # fmt: skip
    return RosterImport.objects.create(application=case, document=document, started_by=here.owner)


def stored(found: RosterImport) -> Callable[[bytes], int]:
    """What checks and stores a file as the rows of that upload, and gives how many people it would add."""

    def store(data: bytes) -> int:
        roster_imports.stage(found, ROSTER, io.BytesIO(data))
        roster_imports.compare(found)
        if found.rows_with_errors:
            raise SystemExit(f"{found.rows_with_errors} rows are wrong: the file is not what it should be")
        return found.rows_added

    return store


def cleared(found: RosterImport) -> None:
    """The upload as it was before it was read."""
    found.rows.all().delete()
    found.stage = RosterImport.Stage.READING
    found.save()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM workflows_stagedperson")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    data = workbook(given.rows)
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    checking, storing, reading = [], [], []
    with scratch("roster"):
        found = upload(data)
        store = stored(found)
        store(data)
        server = server_seconds(connection.connection)
        at(f"{given.rounds} rounds of {given.rows:,} rows")
        for _ in range(given.rounds):
            checking.append(seconds(checked, data, given.rows))
            reading.append(seconds(bare, data, given.rows))
            cleared(found)
            there = server()
            storing.append(seconds(store, data, given.rows) + server() - there)
    check_s, store_s, bare_s = (statistics.median(taken) for taken in (checking, storing, reading))
    grown = round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) / 1024, 1)
    title = f"a roster of {given.rows:,} × {len(KINDS)}"
    told([
        Line(f"read and check {title}", check_s, bare_s, None, over(check_s, bare_s), over(check_s, bare_s),
             also=f"process grew by {grown} MiB"),
        Line(f"check and store {title}", store_s, bare_s, None, over(store_s, bare_s), over(store_s, bare_s),
             goal="checked, stored and reported within 3 × calamine's bare read", holds=over(store_s, bare_s) <= 3,
             also="processors of web and database"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
