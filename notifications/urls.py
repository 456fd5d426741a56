"""Addresses of a person's own messages."""

from django.urls import path

from notifications import views

app_name = "messages"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:pk>/", views.open_message, name="open"),
    path("<int:pk>/read/", views.read, name="read"),
    path("read-all/", views.read_all, name="read-all"),
    path("preferences/", views.preferences, name="preferences"),
]
