"""Addresses of one's own webhooks, under /me/."""

from django.urls import path

from workflows.web.webhooks import pages

urlpatterns = [
    path("webhooks/", pages.webhook_list, name="webhook_list"),
    path("webhooks/<int:pk>/", pages.webhook_log, name="webhook_log"),
    path("webhooks/<int:pk>/do/<slug:action>/", pages.webhook_act, name="webhook_act"),
    path("webhooks/<int:pk>/deliveries/<int:delivery>/again/", pages.webhook_again, name="webhook_again"),
]
