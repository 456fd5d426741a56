"""Addresses of the demonstration's mailbox."""

from django.urls import path

from notifications import demo_views

urlpatterns = [
    path("mails/", demo_views.mails, name="demo-mails"),
    path("mails/<str:file>/<int:place>/", demo_views.mail, name="demo-mail"),
]
