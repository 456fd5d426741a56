"""Addresses of documents, mounted at /documents/."""

from django.urls import path

from storage import views

app_name = "storage"
urlpatterns = [
    path("<uuid:document_id>/finish", views.finish, name="finish"),
    path("<uuid:document_id>/status", views.status, name="status"),
    path("folder/upload", views.folder_upload, name="folder-upload"),
    path("folder/download", views.folder_download, name="folder-download"),
]
