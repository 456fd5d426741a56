"""Every address. A view without a declared door is closed (accounts.middleware)."""

from django.urls import URLPattern, URLResolver, include, path

from config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("workflows.web.public.urls")),
    path("", include("workflows.web.urls")),
    path("api/v1/", include("workflows.api.urls")),
    path("documents/", include("storage.urls")),
    path("messages/", include("notifications.urls")),
    path("demo/", include("notifications.demo_urls")),
]


handler429 = "accounts.views.start.too_many"
