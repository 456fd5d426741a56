"""What the founder award asks of a firm."""

from config.words import T
from forms.fields import Integer, Money, Percent, Text, Year, YesNo
from forms.schema import Field, Form, Section
from workflows.sections import ACCOUNT, CONTACT, DISTRICT, INDUSTRY

FORM = Form(
    slug="founder-revenue-award",
    sections=(
        Section(
            "firm",
            T("The firm", "企业信息"),
            (
                Field("industry", T("Industry", "所属行业"), INDUSTRY),
                Field("district", T("District of the tax bureau", "纳税所在区"), DISTRICT),
                Field("major_project", T("Part of a major project?", "是否属于重大项目？"), YesNo()),
                Field("staff_count", T("People employed", "在职人数"), Integer(minimum=1, maximum=1_000_000)),
            ),
        ),
        Section(
            "founder",
            T("The founder", "创业人才"),
            (
                Field("founder_name", T("Name", "姓名"), Text(max_length=60)),
                Field("selected_year", T("Selected in the year", "入选年度"), Year(first=2010, last=2100)),
                Field(
                    "share_percent",
                    T("Share of the firm at the end of the prior year", "上年末持股比例"),
                    Percent(),
                ),
                Field(
                    "invested_fen",
                    T("Put in by registered investors", "备案投资机构投入金额"),
                    Money(),
                    hint=T("0 where there is none", "没有的填 0"),
                ),
            ),
        ),
        Section(
            "revenue",
            T("Main revenue", "业务收入"),
            (
                Field("revenue_fen", T("Main revenue of the prior year", "上年度业务收入"), Money()),
                Field(
                    "first_reached_year",
                    T("Year in which it first came to CNY 30 million", "首次达到 3000 万元的年度"),
                    Year(first=2010, last=2100),
                ),
                Field(
                    "earlier_claims",
                    T("Earlier claims of this award", "此前申报本奖励的次数"),
                    Integer(minimum=0, maximum=20),
                ),
            ),
        ),
        CONTACT,
        ACCOUNT,
    ),
)
