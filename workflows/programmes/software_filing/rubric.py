"""What the panel of software filing scores by: whether the papers bear out the figures and the development."""

from decimal import Decimal

from config.words import T
from workflows.engine.rubric import Criterion, Rubric, Veto

RUBRIC = Rubric(
    criteria=(
        Criterion("figures", T("The figures are borne out", "数据真实性"), 40, (
            Criterion("revenue", T("The breakdown of revenue agrees with the audit", "收入明细与审计报告一致"), 20),
            Criterion("spend", T("The R&D account bears out the spend", "研发费用归集规范"), 20),
        )),
        Criterion("own", T("Own development", "自主开发"), 35, (
            Criterion("proof", T("Proof of own development", "自主开发证明充分"), 20),
            Criterion("rights", T("Copyrights or patents fit the products", "知识产权与产品对应"), 15),
        )),
        Criterion("ability", T("Ability", "研发能力"), 25, (
            Criterion("people", T("Degrees and insurance of the staff are proven", "人员学历与社保属实"), 15),
            Criterion("means", T("Environment and means of development", "开发环境与手段"), 10),
        )),
    ),
    pass_at=Decimal(60),
    vetoes=(
        Veto("false", T("False papers", "提供虚假材料")),
        Veto("condition", T("A condition is not reached by the papers", "经核实有条件未达到")),
    ),
    discuss_spread=Decimal(30),
)  # fmt: skip
