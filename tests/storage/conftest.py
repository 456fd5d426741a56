"""Documents against every store there is: each S3 server of the environment, and the folder."""

import hashlib
import os
import uuid
from collections.abc import Callable

import pytest
import urllib3
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation, OrganisationKind, User
from storage import uploads
from storage.folder import FolderObjects
from storage.interface import Objects, Post
from storage.models import Document
from storage.objects import store
from tests.storage import papers

SERVERS = {
    name: {
        "S3_ENDPOINT": os.environ[f"{prefix}_ENDPOINT"],
        "S3_PUBLIC_ENDPOINT": os.environ[f"{prefix}_ENDPOINT"],
        "S3_ACCESS_KEY": os.environ[f"{prefix}_ACCESS_KEY"],
        "S3_SECRET_KEY": os.environ[f"{prefix}_SECRET_KEY"],
    }
    for name, prefix in (("s3", "S3"), ("s3-alt", "S3_ALT"))
    if os.environ.get(f"{prefix}_ENDPOINT")
}


@pytest.fixture(params=list(SERVERS))
def s3(request, settings) -> Objects:
    """One S3 server."""
    for name, value in SERVERS[request.param].items():
        setattr(settings, name, value)
    settings.S3_BUCKET = "bailu-tests"
    store().ensure_bucket()
    return store()


@pytest.fixture(params=[*SERVERS, "folder"])
def objects(request, settings, tmp_path) -> Objects:
    """One store: an S3 server or the folder."""
    if request.param == "folder":
        settings.S3_ENDPOINT = ""
        settings.DOCUMENTS_DIR = tmp_path / "documents"
    else:
        for name, value in SERVERS[request.param].items():
            setattr(settings, name, value)
        settings.S3_BUCKET = "bailu-tests"
    store().ensure_bucket()
    return store()


@pytest.fixture
def folder(settings, tmp_path) -> FolderObjects:
    settings.S3_ENDPOINT = ""
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    objects = store()
    assert isinstance(objects, FolderObjects)
    objects.ensure_bucket()
    return objects


@pytest.fixture
def key() -> str:
    return f"tests/{uuid.uuid4()}"


@pytest.fixture
def wang(db) -> User:
    return User.objects.create_user("wang@example.com", name="王芳")


@pytest.fixture
def stranger(db) -> User:
    return User.objects.create_user("stranger@example.com", name="外人")


@pytest.fixture
def firm(db) -> Organisation:
    return Organisation.objects.create(kind=OrganisationKind.EMPLOYER, name="厦门示例软件有限公司")


@pytest.fixture
def browser(wang) -> Client:
    """The uploader's browser; it asks as `upload.js` asks."""
    client = Client(headers={"accept": "application/json"}, enforce_csrf_checks=True)
    client.force_login(wang)
    return client


def send(post: Post, data: bytes, client: Client | None = None, **fields: str) -> int:
    """Post `data` as a browser does, fields first, the file last; the status of the answer."""
    form = {**post.fields, **fields}
    if post.url.startswith("/"):
        assert client is not None
        body, content_type = urllib3.encode_multipart_formdata([*form.items(), ("file", ("file", data))])
        return client.post(post.url, body, content_type=content_type).status_code
    answer = urllib3.request("POST", post.url, fields=[*form.items(), ("file", ("file", data))], timeout=10)
    return answer.status


@pytest.fixture
def post(browser) -> Callable[..., int]:
    """Post a file as the uploader's browser does; the status of the answer."""

    def post_file(where: Post, data: bytes, **fields: str) -> int:
        return send(where, data, browser, **fields)

    return post_file


@pytest.fixture
def begun(wang, firm) -> Callable[..., uploads.Ticket]:
    """Announce an upload of `data`."""

    def announce(data: bytes, filename: str = "合同.pdf", **options) -> uploads.Ticket:
        options.setdefault("content_type", "")
        options.setdefault("limits", uploads.PAPER)
        return uploads.begin(
            user=wang, organisation=firm, filename=filename, size_bytes=len(data), purpose="paper", **options
        )

    return announce


@pytest.fixture
def uploaded(objects, begun, post, wang) -> Callable[..., Document]:
    """Announce, post and finish `data`, up to the moment when a worker would look at it."""

    def upload(data: bytes = papers.PDF, filename: str = "合同.pdf", **options) -> Document:
        sha256 = options.pop("sha256", hashlib.sha256(data).hexdigest())
        ticket = begun(data, filename, **options)
        assert post(Post(ticket.url, ticket.fields), data) == 204
        return uploads.finish(ticket.document, sha256=sha256, user=wang)

    return upload


@pytest.fixture
def finish_url() -> Callable[[Document], str]:
    return lambda document: reverse("storage:finish", args=[document.pk])
