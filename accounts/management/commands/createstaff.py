"""`manage.py createstaff`: the first people of the association and of the authorities."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts.models import STAFF_ROLES, Membership, Organisation, OrganisationKind, User


class Command(BaseCommand):
    """A person with a role, and a link with which they set their password. Run again to add a role."""

    help = "Enter a member of staff with a role, and print a link (three days) to set the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("organisation", help="its name; made if there is none")
        parser.add_argument("role", choices=sorted(role.value for role in STAFF_ROLES))
        parser.add_argument(
            "--kind",
            choices=[OrganisationKind.ASSOCIATION.value, OrganisationKind.AUTHORITY.value],
            default=OrganisationKind.ASSOCIATION.value,
            help="of an organisation that is made (default: association)",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is not an e-mail address.") from error
        organisation = _organisation(options["organisation"], options["kind"])
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, None, name=options["name"])
        Membership.objects.get_or_create(
            user=user, organisation=organisation, role=options["role"], ended_at=None
        )
        self.stdout.write(f"{user.name} <{user.email}>: {options['role']} of {organisation.name}")
        if not user.has_usable_password():
            link = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
            path = reverse("account_reset_password_from_key", kwargs=link)
            self.stdout.write(f"Set the password: {settings.SITE_URL}{path}")


def _organisation(name: str, kind: str) -> Organisation:
    found = list(Organisation.objects.exclude(kind=OrganisationKind.EMPLOYER).filter(name=name)[:2])
    if len(found) > 1:
        raise CommandError(f"There are several organisations called {name!r}.")
    return found[0] if found else Organisation.objects.create(name=name, kind=kind)
