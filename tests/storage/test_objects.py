import io
import threading
import time
from urllib.parse import unquote

import pytest
import urllib3
from django.test import Client

from storage.errors import NoSuchObject, StoreAway
from storage.interface import disposition
from storage.objects import store
from tests.storage import papers


def content(objects, key: str) -> bytes:
    with objects.open(key) as chunks:
        return b"".join(chunks)


def test_object_comes_back_as_it_was_put(objects, key):
    data = bytes(range(256)) * 4096

    objects.put(key, io.BytesIO(data), len(data), "application/pdf")

    assert content(objects, key) == data
    assert objects.stat(key).size_bytes == len(data)


def test_put_replaces_what_was_there(objects, key):
    objects.put(key, io.BytesIO(b"old"), 3, "text/csv")
    objects.put(key, io.BytesIO(b"new one"), 7, "text/csv")

    assert content(objects, key) == b"new one"


def test_copy_is_a_second_object(objects, key):
    objects.put(key, io.BytesIO(b"one"), 3, "text/csv")
    objects.copy(key, f"{key}-copy")
    objects.delete(key)

    assert content(objects, f"{key}-copy") == b"one"
    with pytest.raises(NoSuchObject):
        objects.stat(key)


@pytest.mark.parametrize("verb", ["open", "stat", "copy"])
def test_missing_object_is_told_apart_from_a_store_that_is_away(objects, key, verb):
    with pytest.raises(NoSuchObject):
        if verb == "open":
            content(objects, key)
        elif verb == "stat":
            objects.stat(key)
        else:
            objects.copy(key, f"{key}-copy")


def test_delete_of_a_missing_object_is_nothing(objects, key):
    objects.delete(key)


def test_policy_lets_in_a_file_of_the_allowed_size(objects, key, post):
    where = objects.post_policy(key, content_type="application/pdf", max_bytes=1000, seconds=60)

    assert post(where, b"x" * 1000) == 204
    assert objects.stat(key).size_bytes == 1000


def test_policy_refuses_one_byte_over(objects, key, post):
    where = objects.post_policy(key, content_type="application/pdf", max_bytes=1000, seconds=60)

    assert post(where, b"x" * 1001) in {400, 413}
    with pytest.raises(NoSuchObject):
        objects.stat(key)


def test_policy_refuses_an_empty_file(objects, key, post):
    where = objects.post_policy(key, content_type="application/pdf", max_bytes=1000, seconds=60)

    assert post(where, b"") in {400, 422}
    with pytest.raises(NoSuchObject):
        objects.stat(key)


def test_policy_refuses_another_type(objects, key, post):
    where = objects.post_policy(key, content_type="application/pdf", max_bytes=1000, seconds=60)

    assert post(where, b"x", **{"Content-Type": "text/html"}) == 403
    with pytest.raises(NoSuchObject):
        objects.stat(key)


def test_policy_refuses_another_key(objects, key, post):
    where = objects.post_policy(key, content_type="application/pdf", max_bytes=1000, seconds=60)

    assert post(where, b"x", key=f"{key}-elsewhere") == 403
    with pytest.raises(NoSuchObject):
        objects.stat(f"{key}-elsewhere")


def test_policy_refuses_when_it_is_over(objects, key, post):
    where = objects.post_policy(key, content_type="application/pdf", max_bytes=1000, seconds=-5)

    assert post(where, b"x") == 403


def test_policy_refuses_when_it_is_altered(s3, key, post):
    where = s3.post_policy(key, content_type="application/pdf", max_bytes=1000, seconds=60)

    assert post(where, b"x", **{"x-amz-signature": "0" * 64}) == 403


def test_browser_of_any_origin_may_post(s3, key):
    where = s3.post_policy(key, content_type="application/pdf", max_bytes=1000, seconds=60)
    asks = {"Origin": "https://bailu.example", "Access-Control-Request-Method": "POST"}

    preflight = urllib3.request("OPTIONS", where.url, headers=asks)
    answer = urllib3.request(
        "POST",
        where.url,
        fields=[*where.fields.items(), ("file", ("f", b"x"))],
        headers={"Origin": asks["Origin"]},
    )

    assert preflight.status in {200, 204}
    for response in (preflight, answer):
        assert response.headers["Access-Control-Allow-Origin"] in {"*", asks["Origin"]}


def fetch(url: str, client: Client) -> tuple[bytes, str, str]:
    if url.startswith("/"):
        response = client.get(url)
        headers, body = response.headers, b"".join(response.streaming_content)
    else:
        answer = urllib3.request("GET", url)
        assert answer.status == 200
        headers, body = answer.headers, answer.data
    return body, headers["Content-Disposition"], headers["Content-Type"]


@pytest.mark.parametrize("inline", [True, False])
def test_download_carries_a_chinese_name(objects, key, browser, inline):
    objects.put(key, io.BytesIO(papers.PDF), len(papers.PDF), "application/pdf")

    url = objects.signed_get(
        key, filename="真实性声明（盖章）.pdf", content_type="application/pdf", inline=inline, seconds=60
    )
    body, name, content_type = fetch(url, browser)

    assert body == papers.PDF
    assert content_type == "application/pdf"
    assert name.startswith("inline" if inline else "attachment")
    assert unquote(name.rpartition("''")[2]) == "真实性声明（盖章）.pdf"


def test_name_cannot_break_out_of_the_header():
    assert disposition('a";\r\nSet-Cookie: x=1.pdf', inline=False) == (
        'attachment; filename="a____Set-Cookie: x=1.pdf"; '
        "filename*=UTF-8''a%22%3B%0D%0ASet-Cookie%3A%20x%3D1.pdf"
    )


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://192.0.2.1:9000"])
def test_server_that_is_away_is_told_within_five_seconds(settings, key, address):
    settings.S3_ENDPOINT = settings.S3_PUBLIC_ENDPOINT = address
    settings.S3_ACCESS_KEY = settings.S3_SECRET_KEY = "somebody"
    began = time.monotonic()

    with pytest.raises(StoreAway) as refusal:
        store().stat(key)

    assert time.monotonic() - began < 5
    assert refusal.value.status == 503
    assert refusal.value.sentence.en.startswith("The document store does not answer.")


def test_wrong_password_of_the_store_is_a_store_that_is_away(s3, settings, key):
    settings.S3_SECRET_KEY = "not-the-secret"

    with pytest.raises(StoreAway):
        store().put(key, io.BytesIO(b"x"), 1, "text/csv")


def test_signing_asks_no_server(settings, key):
    settings.S3_ENDPOINT = settings.S3_PUBLIC_ENDPOINT = "http://127.0.0.1:1"
    settings.S3_ACCESS_KEY = settings.S3_SECRET_KEY = "somebody"

    where = store().post_policy(key, content_type="application/pdf", max_bytes=1, seconds=60)

    assert where.url.startswith("http://127.0.0.1:1/")
    assert store().signed_get(key, filename="a.pdf", content_type="application/pdf", inline=True, seconds=60)


def test_browsers_are_signed_for_their_own_address(s3, settings, key):
    settings.S3_PUBLIC_ENDPOINT = "https://files.bailu.example"

    where = store().post_policy(key, content_type="application/pdf", max_bytes=1, seconds=60)

    assert where.url == "https://files.bailu.example/bailu-tests"


def test_threads_share_one_client(objects, key):
    def work(number: int) -> None:
        data = f"{number}".encode() * 1000
        objects.put(f"{key}-{number}", io.BytesIO(data), len(data), "text/csv")
        seen[number] = content(store(), f"{key}-{number}") == data

    seen: dict[int, bool] = {}
    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == dict.fromkeys(range(8), True)


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "a/../../outside", "a\0b", "", "."])
def test_folder_keeps_to_itself(folder, tmp_path, key):
    with pytest.raises(NoSuchObject):
        folder.put(key, io.BytesIO(b"x"), 1, "text/csv")
    assert not (tmp_path / "outside").exists()
