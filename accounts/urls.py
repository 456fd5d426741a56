"""One's own pages, one's organisation, the language, the start."""

from django.urls import path

from accounts.views import members, organisation, person, start, tokens

urlpatterns = [
    path("", start.home, name="home"),
    path("favicon.ico", start.icon, name="icon"),
    path("language/", start.language, name="language"),
    path("terms/", start.terms, name="terms"),
    path("me/", person.me, name="me"),
    path("me/tokens/", tokens.tokens, name="tokens"),
    path("me/tokens/make/", tokens.token_make, name="token_make"),
    path("me/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("me/organisation/", organisation.organisation, name="organisation"),
    path("me/organisation/register/", organisation.register, name="register_organisation"),
    path("me/organisation/ask/", organisation.ask, name="ask_to_join"),
    path("me/organisation/<int:pk>/", members.members, name="members"),
    path("me/organisation/<int:pk>/edit/", organisation.edit, name="edit_organisation"),
    path(
        "me/organisation/<int:pk>/members/<int:membership_id>/role/",
        members.change_member,
        name="change_member",
    ),
    path("me/organisation/<int:pk>/members/<int:membership_id>/end/", members.end_member, name="end_member"),
    path(
        "me/organisation/<int:pk>/invitations/<int:invitation_id>/withdraw/",
        members.withdraw,
        name="withdraw_invitation",
    ),
    path("me/invitations/<str:token>/", members.invitation, name="invitation"),
]
