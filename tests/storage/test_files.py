import pytest
import urllib3
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def test_file_comes_back_as_it_was_saved(objects):
    name = default_storage.save("明细/一.txt", ContentFile("内容".encode()))
    try:
        assert default_storage.exists(name)
        assert default_storage.size(name) == 6
        with default_storage.open(name) as file:
            assert file.read().decode() == "内容"
    finally:
        default_storage.delete(name)
    assert not default_storage.exists(name)


def test_second_file_of_a_name_does_not_replace_the_first(objects):
    first = default_storage.save("一.txt", ContentFile(b"1"))
    second = default_storage.save("一.txt", ContentFile(b"2"))
    try:
        assert first != second
    finally:
        default_storage.delete(first)
        default_storage.delete(second)


def test_address_is_signed(s3):
    name = default_storage.save("一.txt", ContentFile(b"1"))
    try:
        answer = urllib3.request("GET", default_storage.url(name))
    finally:
        default_storage.delete(name)

    assert answer.data == b"1"


def test_file_without_a_name_has_no_address(folder):
    with pytest.raises(ValueError, match="no address"):
        default_storage.url(None)
