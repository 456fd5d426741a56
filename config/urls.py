"""Every address. A view without a declared door is closed (accounts.middleware)."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from config import health

# The rooms' own addresses, each under its prefix; a room whose module does not exist yet has none.
ROOMS = (
    ("", "workflows.web.public.urls"),
    ("", "workflows.web.urls"),
    ("documents/", "storage.urls"),
    ("messages/", "notifications.urls"),
    ("forms/", "forms.urls"),
    ("demo/", "notifications.demo_urls"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
]


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns += [path(prefix, include(module)) for prefix, module in ROOMS if _exists(module)]

handler429 = "accounts.views.start.too_many"
