"""Who acts in the demonstration: the offices, their people, and one firm whose two accounts are given out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.models import Membership, Organisation, OrganisationKind, Role, User
from config.words import T
from workflows.demonstration.firms import FIRST_CODE, FIRST_NAME, Firm

PASSWORD = "bailu-demo-2019"  # noqa: S105 - it is printed at every start
DOMAIN = "demo.example"
ASSOCIATION = "厦门示例信息产业协会"
AUTHORITY = "厦门示例工业和信息化局"
BUREAU = "厦门示例市教育局"


@dataclass(frozen=True, slots=True)
class Part:
    """An account that is given out: its name at sign-in, its person, its role and where it is held."""

    local: str
    name: str
    role: str
    place: str
    words: T

    @property
    def email(self) -> str:
        return f"{self.local}@{DOMAIN}"


PARTS = (
    Part("owner", "陈鹭鸣", Role.OWNER, FIRST_NAME, T("employer: owner", "申报单位：负责人")),
    Part("agent", "林小鹭", Role.AGENT, FIRST_NAME, T("employer: agent", "申报单位：经办人")),
    Part("clerk", "王科员", Role.CLERK, ASSOCIATION, T("clerk", "受理人员")),
    Part("clerk2", "陈科员", Role.CLERK, ASSOCIATION, T("second clerk", "受理人员（二）")),
    Part("official", "林主任", Role.OFFICIAL, AUTHORITY, T("official", "审批人员")),
    Part("official2", "张副主任", Role.OFFICIAL, AUTHORITY, T("second official", "审批人员（二）")),
    Part("cashier", "黄会计", Role.CASHIER, AUTHORITY, T("cashier", "拨付人员")),
    Part("auditor", "许审计", Role.AUDITOR, AUTHORITY, T("auditor", "审计人员")),
    Part("director", "周秘书长", Role.OFFICIAL, ASSOCIATION, T("director", "协会审批人员")),
    Part("expert", "郑研究员", Role.EXPERT, ASSOCIATION, T("expert", "评审专家")),
    Part("bureau", "何科长", Role.OWNER, BUREAU, T("applying bureau: owner", "申报机关：负责人")),
    Part("admin", "吴管理员", Role.ADMINISTRATOR, ASSOCIATION, T("administrator", "管理员")),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """The offices and their people."""

    association: Organisation
    authority: Organisation
    people: dict[str, User]
    # Experts who have acted, so that what they are is asked once.
    experts: dict[int, User] = field(default_factory=dict)

    @property
    def clerk(self) -> User:
        return self.people["clerk"]

    @property
    def second_clerk(self) -> User:
        return self.people["clerk2"]

    @property
    def official(self) -> User:
        return self.people["official"]

    @property
    def second_official(self) -> User:
        return self.people["official2"]

    @property
    def director(self) -> User:
        return self.people["director"]

    @property
    def cashier(self) -> User:
        return self.people["cashier"]


def ensure_cast() -> Cast:
    """The offices and the accounts, made where they are not there; an account that is there stays as it is."""
    places = {
        ASSOCIATION: Organisation.objects.get_or_create(
            name=ASSOCIATION, kind=OrganisationKind.ASSOCIATION, defaults={"address": "厦门市示例路 1 号"}
        )[0],
        AUTHORITY: Organisation.objects.get_or_create(
            name=AUTHORITY, kind=OrganisationKind.AUTHORITY, defaults={"address": "厦门市示例路 2 号"}
        )[0],
        BUREAU: Organisation.objects.get_or_create(
            name=BUREAU, kind=OrganisationKind.AUTHORITY, defaults={"address": "厦门市示例路 4 号"}
        )[0],
        FIRST_NAME: Organisation.objects.get_or_create(
            credit_code=FIRST_CODE,
            defaults={
                "name": FIRST_NAME, "kind": OrganisationKind.EMPLOYER, "industry": "software", "district": "siming",
                "legal_representative": "陈鹭鸣", "address": "厦门市思明区示例路 3 号",
            },
        )[0],
    }  # fmt: skip
    known = {user.email: user for user in User.objects.filter(email__in=[part.email for part in PARTS])}
    if len(known) < len(PARTS):
        # One hash for all: they share the password that is printed beside each.
        hashed = make_password(PASSWORD)
        for part in PARTS:
            if part.email not in known:
                known[part.email] = _account(part, hashed)
    for part in PARTS:
        Membership.objects.get_or_create(
            user=known[part.email], organisation=places[part.place], role=part.role, ended_at=None
        )
    return Cast(places[ASSOCIATION], places[AUTHORITY], {part.local: known[part.email] for part in PARTS})


def _account(part: Part, hashed: str) -> User:
    user = User(email=part.email, name=part.name)
    user.password = hashed
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def accounts() -> list[dict[str, str]]:
    """The accounts as they are printed: role, e-mail, password, name and organisation."""
    return [
        {"role": p.words.en, "email": p.email, "password": PASSWORD, "name": p.name, "organisation": p.place}
        for p in PARTS
    ]


def ensure_employers(
    firms: Sequence[Firm], owner_names: Sequence[str]
) -> dict[int, tuple[Organisation, User]]:
    """Ordinal → (organisation, the person who acts for it). Only the first firm's people can sign in."""
    Organisation.objects.bulk_create(
        [
            Organisation(
                kind=OrganisationKind.EMPLOYER, name=firm.name, credit_code=firm.credit_code, industry=firm.industry,
                district=firm.district, legal_representative=name, address="厦门市示例路",
            )
            for firm, name in zip(firms, owner_names, strict=True)
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    User.objects.bulk_create(
        [
            User(email=_email(firm), name=name, password=make_password(None))
            for firm, name in zip(firms, owner_names, strict=True)
            if firm.ordinal
        ],
        ignore_conflicts=True,
    )
    places = {
        o.credit_code: o for o in Organisation.objects.filter(credit_code__in=[f.credit_code for f in firms])
    }
    users = {user.email: user for user in User.objects.filter(email__in=[_email(firm) for firm in firms])}
    made = {firm.ordinal: (places[firm.credit_code], users[_email(firm)]) for firm in firms}
    Membership.objects.bulk_create(
        [Membership(user=user, organisation=place, role=Role.OWNER) for place, user in made.values()],
        ignore_conflicts=True,
    )
    return made


def _email(firm: Firm) -> str:
    return PARTS[0].email if firm.ordinal == 0 else f"owner{firm.ordinal:03d}@firms.example"
