"""What the talent tax rebate asks: the employer's form, the roster's columns, the eligibility pre-check."""

from config.words import T
from forms.fields import (
    IDENTITY_KINDS,
    Choice,
    Date,
    IdentityNumber,
    Integer,
    Money,
    Option,
    Percent,
    Text,
    Year,
    YesNo,
)
from forms.roster import Column, Roster
from forms.schema import Field, Form, Section
from workflows.engine.declare import Question
from workflows.sections import ACCOUNT, CONTACT, DISTRICT, INDUSTRY

POST_KIND = Choice(
    options=(
        Option("technical", T("Technical post", "技术岗"), ("技术", "专业技术岗")),
        Option("management", T("Management post", "管理岗"), ("管理",)),
        Option("logistics", T("Logistics or administration", "后勤行政岗"), ("后勤", "行政岗", "行政")),
        Option("official", T("Official under city management", "市管干部"), ()),
    )
)
POST_LEVEL = Choice(
    options=(
        Option("senior", T("Senior", "高层"), ("高级",)),
        Option("middle", T("Middle", "中层"), ("中级",)),
        Option("junior", T("Below middle", "普通"), ("一般",)),
    )
)

FORM = Form(
    slug="talent-tax-rebate",
    sections=(
        Section(
            "employer",
            T("The employer", "单位信息"),
            (
                Field("industry", T("Industry", "所属行业"), INDUSTRY),
                Field("district", T("District of the tax bureau", "纳税所在区"), DISTRICT),
                Field("staff_count", T("People employed", "在职人数"), Integer(minimum=1, maximum=1_000_000)),
            ),
        ),
        CONTACT,
        ACCOUNT,
    ),
)

ROSTER = Roster(
    key=("id_number",),
    columns=(
        Column("name", T("Name", "姓名"), Text(max_length=80)),
        Column("id_kind", T("Document type", "证件类型"), IDENTITY_KINDS),
        Column("id_number", T("Document number", "证件号码"), IdentityNumber(depends_on="id_kind")),
        Column("post_kind", T("Kind of post", "岗位类别"), POST_KIND),
        Column("post_level", T("Level of post", "岗位层级"), POST_LEVEL),
        Column("hired_on", T("Hired on", "入职日期"), Date(past=True)),
        Column("still_employed", T("Still employed", "是否在职"), YesNo()),
        Column("pay_fen", T("Yearly pay before tax (yuan)", "税前年薪（元）"), Money()),
        Column("tax_fen", T("Income tax paid (yuan)", "已缴个人所得税（元）"), Money()),
        Column("first_claimed_year", T("First claimed year", "首次申报年度"), Year(first=2016, last=2100)),
        Column("shares", T("Share of the firm (%)", "持股比例（%）"), Percent()),
        Column("other_award", T("Another income-tax award this year", "是否享受其他个税奖励"), YesNo()),
    ),
)

PRE_CHECK = (
    Question("industry", T("Which industry is your firm in?", "贵单位属于哪个行业？"), INDUSTRY),
    Question("district", T("In which district does it pay its taxes?", "在哪个区纳税？"), DISTRICT),
    Question("post_kind", T("What kind of post does the person hold?", "这位人才是什么岗位？"), POST_KIND),
    Question("post_level", T("At what level?", "岗位层级？"), POST_LEVEL),
    Question("still_employed", T("Is the person still employed?", "目前是否在职？"), YesNo()),
    Question(
        "tenure_months", T("How many months in the post?", "在岗多少个月？"), Integer(minimum=0, maximum=720)
    ),
    Question("pay_fen", T("Yearly pay before tax?", "税前年薪多少？"), Money()),
    Question("tax_fen", T("Income tax paid in the year?", "当年已缴个人所得税多少？"), Money()),
    Question(
        "first_claimed_year",
        T("In which year was it first claimed?", "首次申报是哪一年？"),
        Year(first=2016, last=2100),
    ),
    Question(
        "other_award", T("Another income-tax award in the same year?", "当年是否享受其他个税奖励？"), YesNo()
    ),
)
