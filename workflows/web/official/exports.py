"""The manifest of a batch on paper and in Excel."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.doors import door, signed_in
from accounts.models import Industry
from config.words import T
from forms.roster import write_csv, write_xlsx
from workflows.batches import manifest_sha256
from workflows.models import Application, Batch
from workflows.web.desk.worklist import XLSX
from workflows.web.official.batch import read_batch
from workflows.web.official.scope import READERS
from workflows.web.official.sums import Sums, by_industry, by_post, industry_words, share_of_budget, sums_of

# More than this is not read on paper: the page says so and points to Excel.
PRINTED = 2000
HEADERS = (
    T("Number", "编号"),
    T("Applicant", "单位"),
    T("Credit code", "统一社会信用代码"),
    T("Industry", "行业"),
    T("People", "人数"),
    T("Granted", "可奖励"),
    T("Not granted", "不予"),
    T("On hold", "暂缓"),
    T("Amount (yuan)", "金额（元）"),
    T("Paid (yuan)", "已拨（元）"),
    T("State", "状态"),
)


@door(*READERS)
@require_GET
def batch_manifest(request: HttpRequest, pk: int) -> HttpResponse:
    """The manifest as it is printed and filed: every case, the totals, the hash, room for the signatures."""
    batch = read_batch(signed_in(request), pk)
    signed = batch.manifest_sha256 or manifest_sha256(batch)
    sums = sums_of([batch.pk]).get(batch.pk, Sums())
    cases = list(_cases(batch)[:PRINTED])
    context = {
        "batch": batch,
        "sums": sums,
        "share": share_of_budget(sums.amount_fen, batch.round.budget_fen),
        "rows": [(case, industry_words(case.industry)) for case in cases],
        "left_off": max(0, sums.cases - len(cases)),
        "industries": by_industry(batch),
        "posts": by_post(batch),
        "signed": signed,
    }
    return render(request, "official/manifest.html", context)


@door(*READERS)
@require_GET
def batch_export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The manifest as Excel or CSV, every case."""
    batch = read_batch(signed_in(request), pk)
    sums = sums_of([batch.pk]).get(batch.pk, Sums())
    totals = [
        _("Total"), "", "", "", sums.people, sums.granted, sums.refused, sums.held,
        Decimal(sums.amount_fen) / 100, Decimal(sums.paid_fen) / 100, "",
    ]  # fmt: skip
    return table(kind, batch.number, HEADERS, _lines(batch), totals, text_columns={0, 2})


def table(
    kind: str,
    name: str,
    headers: Sequence[T],
    lines: Iterator[list[Any]],
    totals: Sequence[Any],
    *,
    text_columns: set[int],
) -> HttpResponse:
    """A file to save, named after `name` and the day; kept by no cache.

    Raises:
        Http404: it is asked for as something else than xlsx or csv.
    """
    if kind not in ("xlsx", "csv"):
        raise Http404
    words = [str(header) for header in headers]
    if kind == "csv":
        data = write_csv(words, [*lines, list(totals)] if totals else lines)
        response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    else:
        data = write_xlsx(words, lines, title=name, text_columns=text_columns, totals=totals or None)
        response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def _cases(batch: Batch) -> Any:
    return (
        Application.objects.filter(batch=batch)
        .select_related("applicant")
        .defer("answers", "sealed_answers")
        .order_by("pk")
    )


def _lines(batch: Batch) -> Iterator[list[Any]]:
    """The rows of the file, as plain values: ten thousand need no ten thousand objects."""
    labels = {str(state): str(state.label) for state in batch.round.declaration.states}
    industries = {str(industry): industry_words(industry) for industry in Industry.values}
    found = Application.objects.filter(batch=batch).order_by("pk").values_list(
        "number", "applicant__name", "applicant__credit_code", "industry", "rows_total", "rows_granted",
        "rows_refused", "rows_held", "amount_fen", "paid_fen", "state",
    )  # fmt: skip
    for number, name, code, industry, *counts, amount_fen, paid_fen, state in found.iterator(chunk_size=2000):
        yield [
            number, name, code, industries.get(industry, industry), *counts,
            Decimal(amount_fen) / 100, Decimal(paid_fen) / 100, labels.get(state, state),
        ]  # fmt: skip
