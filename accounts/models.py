"""Who: people, organisations, and what a person may do for an organisation."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.names import named
from accounts.sealing import SealedField


class Role(models.TextChoices):
    """What a person does for an organisation. A person may hold several, in several organisations."""

    OWNER = "owner", _("Owner")
    AGENT = "agent", _("Agent")
    CLERK = "clerk", _("Clerk")
    OFFICIAL = "official", _("Official")
    CASHIER = "cashier", _("Cashier")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")
    # Held in the office whose expert database one is in; which cases, the assignments say.
    EXPERT = "expert", _("Expert")
    SYSTEM = "system", _("System")


APPLICANT_ROLES = frozenset({Role.OWNER, Role.AGENT})
STAFF_ROLES = frozenset({Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR, Role.ADMINISTRATOR})
SYSTEM_EMAIL = "system@bailu.invalid"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can sign in with `email` (folded to lower case) and `password`.

        Whoever enters a person here vouches for the address; who signs up proves it by a code.
        """
        from allauth.account.models import EmailAddress  # noqa: PLC0415 - it imports the user model

        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            EmailAddress.objects.using(self._db).create(
                user=user, email=user.email, primary=True, verified=True
            )
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def system(self) -> "User":
        """The actor of steps that nobody presses: deadlines, returns of the bank. It cannot sign in."""
        user, made = self.get_or_create(email=SYSTEM_EMAIL, defaults={"name": "系统", "is_active": False})
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return user


class User(AbstractBaseUser):
    """A person. Never deleted, only deactivated: events and tasks keep pointing at their actor."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    phone = SealedField(_("mobile"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("person")

    def __str__(self) -> str:
        # Nobody's name: in the reader's language, like every word of the interface.
        if self.email == SYSTEM_EMAIL:
            return str(Role.SYSTEM.label)
        return self.name or self.email

    @cached_property
    def memberships(self) -> "list[Membership]":
        """Those in force, with their organisations; read once a request."""
        return list(self.membership_set.in_force().select_related("organisation"))

    def organisations_as(self, *roles: str) -> frozenset[int]:
        """Ids of the organisations for which this person holds one of `roles` now."""
        return frozenset(m.organisation_id for m in self.memberships if m.role in roles)

    def has_role(self, *roles: str) -> bool:
        """Whether this person holds one of `roles` in any organisation."""
        return bool(self.organisations_as(*roles))

    @property
    def is_staff_member(self) -> bool:
        """Whether this person works on others' applications."""
        return self.has_role(*STAFF_ROLES)

    # viewflow and allauth ask for these two; Bailu has no Django superusers and no model permissions.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002
        """False: permission is by role, asked in `rules.py`, never by Django's model permissions."""
        return False

    def has_perms(self, perms: Iterable[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)


class Industry(models.TextChoices):
    SOFTWARE = "software", _("Software and information services")
    ELECTRONICS = "electronics", _("Electronic information")
    BIOMEDICINE = "biomedicine", _("Biomedicine")
    NEW_MATERIALS = "new_materials", _("New materials")
    CULTURE_TOURISM = "culture_tourism", _("Culture and tourism")
    FINANCE = "finance", _("Finance")
    LOGISTICS = "logistics", _("Logistics")
    TRADE = "trade", _("Trade")
    OTHER = "other", _("Other industry")


class District(models.TextChoices):
    """The six districts of Xiamen."""

    SIMING = "siming", _("Siming")
    HULI = "huli", _("Huli")
    JIMEI = "jimei", _("Jimei")
    HAICANG = "haicang", _("Haicang")
    TONGAN = "tongan", _("Tong'an")
    XIANGAN = "xiangan", _("Xiang'an")


class OrganisationKind(models.TextChoices):
    EMPLOYER = "employer", _("Employer")
    ASSOCIATION = "association", _("Service organisation")
    AUTHORITY = "authority", _("Competent authority")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def named(self, word: str) -> Self:
        """Those with `word` in their name, or whose credit code begins with it; an index finds them."""
        return self.filter(named(word))


class Organisation(models.Model):
    """An applicant, the association that handles cases, or the authority that decides them."""

    kind = models.CharField(_("kind"), max_length=12, choices=OrganisationKind)
    name = models.CharField(_("name"), max_length=120)
    # Null for authorities without one; unique so that one firm has one account with several people.
    credit_code = models.CharField(
        _("unified social credit code"), max_length=18, unique=True, null=True, blank=True
    )
    # The parent's code: firms of one group count as one, where it matters who is tied to whom.
    group_code = models.CharField(
        _("credit code of the group"), max_length=18, blank=True, default="", db_default=""
    )
    legal_representative = models.CharField(_("legal representative"), max_length=80, blank=True)
    industry = models.CharField(_("industry"), max_length=40, blank=True, choices=Industry)
    district = models.CharField(_("district"), max_length=40, blank=True, choices=District)
    address = models.CharField(_("address"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        indexes = (models.Index(fields=["name"], name="organisation_name"),)

    def __str__(self) -> str:
        return self.name

    @property
    def manager_role(self) -> Role:
        """The role that invites, changes and ends memberships here."""
        return Role.OWNER if self.kind == OrganisationKind.EMPLOYER else Role.ADMINISTRATOR

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that people can hold here, the least powerful first."""
        if self.kind == OrganisationKind.EMPLOYER:
            return (Role.AGENT, Role.OWNER)
        if self.kind == OrganisationKind.AUTHORITY:
            # A bureau also applies, for projects of its own.
            return (
                Role.AGENT,
                Role.OWNER,
                Role.CLERK,
                Role.OFFICIAL,
                Role.CASHIER,
                Role.AUDITOR,
                Role.ADMINISTRATOR,
            )
        return (Role.CLERK, Role.OFFICIAL, Role.CASHIER, Role.AUDITOR, Role.ADMINISTRATOR)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def of_members(self) -> Self:
        """Those of people who belong to the organisation: its experts are in its database, not among its people."""
        return self.in_force().exclude(role=Role.EXPERT)


class Membership(models.Model):
    """A person holds a role for an organisation, from a time until it ends."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    role = models.CharField(_("role"), max_length=16, choices=Role)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=models.Q(ended_at=None),
                name="membership_once_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organisation}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Those that can still be accepted."""
        since = timezone.now() - timedelta(days=Invitation.VALID_DAYS)
        return self.filter(accepted_at=None, withdrawn_at=None, created_at__gt=since)


class Invitation(models.Model):
    """An offer of a role, by e-mail, to whoever holds that address; its link is signed."""

    VALID_DAYS: ClassVar[int] = 7

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT)
    created_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    objects = InvitationQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["organisation", "created_at"], name="invitation_of_organisation"),)

    def __str__(self) -> str:
        return f"{self.email} · {self.get_role_display()} · {self.organisation}"

    @property
    def expires_at(self) -> datetime:
        """The moment after which its link is refused."""
        return self.created_at + timedelta(days=self.VALID_DAYS)


class SignInFailures(models.Model):
    """How often a sign-in with one address failed in a row; see `accounts.lockout`.

    Keyed by a blind index of the address as typed, known or not, so that nothing tells which exist.
    """

    address_index = models.BinaryField(primary_key=True, max_length=16)
    failures = models.PositiveSmallIntegerField()
    failed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.failures} since {self.failed_at}"


class Scope(models.TextChoices):
    """What a token may be used for. It narrows the person's own rights and never widens them."""

    CASES_READ = "cases:read", _("Read cases")
    CASES_WRITE = "cases:write", _("Work on cases")
    BATCHES_READ = "batches:read", _("Read batches, notices and objections")
    BATCHES_WRITE = "batches:write", _("Work on batches, notices and objections")
    PAYMENTS_READ = "payments:read", _("Read payment lists")
    PAYMENTS_WRITE = "payments:write", _("Work on payment lists")
    REVIEWS_READ = "reviews:read", _("Read what one reviews, experts, conflicts, sessions and rankings")
    REVIEWS_WRITE = "reviews:write", _("Review, settle conflicts and freeze rankings")
    SEALED_READ = "sealed:read", _("Show sealed numbers, each time an event")
    WEBHOOKS = "webhooks", _("Manage one's webhooks")


class TokenQuerySet(models.QuerySet["Token"]):
    def in_force(self) -> Self:
        """Those that open a door now, by the database's clock."""
        return self.filter(revoked_at=None, expires_at__gt=Now(), user__is_active=True)


class Token(models.Model):
    """A person's key to the API. The secret is shown once; what is kept is its SHA-256."""

    LONGEST_DAYS: ClassVar[int] = 365

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    # 256 random bits need no slow hash: nobody guesses them, with or without this table.
    secret_sha256 = models.BinaryField(unique=True, max_length=32)
    # The first characters of the secret, by which its owner recognises it.
    hint = models.CharField(max_length=12)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope), verbose_name=_("scopes"))
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    objects = TokenQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["user", "-created_at"], name="token_of_user"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]

    @property
    def is_over(self) -> bool:
        """Whether it has expired, by this machine's clock: for words on a page, never for a decision."""
        return self.expires_at <= timezone.now()
