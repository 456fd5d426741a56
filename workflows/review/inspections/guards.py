"""Guards of an inspection, on the facts that its acts keep on the case."""

from django.db.models import Q

from config.words import T
from workflows.engine.guards import Guard

not_on_a_tour = Guard(
    Q(inspected_on=None),
    T("It stands on a tour already, on {inspected_on}.", "已安排在 {inspected_on} 考察。"),
    mend="inspection",
    code="on_a_tour",
)
on_a_tour = Guard(
    Q(inspected_on__isnull=False),
    T("No visit is planned yet.", "尚未安排考察。"),
    mend="inspection",
    code="no_visit",
)
not_signed_yet = Guard(
    Q(inspection_outcome=""),
    T("The report is signed, and stands.", "考察报告已签字，不能再改。"),
    mend="inspection",
    code="report_signed",
)
_SAID = {"pass": T("passed", "通过"), "fail": T("not passed", "不通过")}


def _comes_to(outcome: str) -> Guard:
    said = _SAID[outcome]
    return Guard(
        Q(inspection_outcome=outcome),
        T(f"No signed report comes to “{said.en}”.", f"没有结论为“{said.zh}”的已签字考察报告。"),
        mend="inspection",
        code=f"inspection_{outcome}",
    )


found_good, found_bad = _comes_to("pass"), _comes_to("fail")
