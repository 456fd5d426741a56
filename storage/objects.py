"""The document store behind one set of verbs, and the project's only S3 client.

`store()` gives the store that the settings name. MinIO is the first choice; any S3 server does. Every
failure of the way there, or of the server, is a `StoreAway`.
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import structlog
import urllib3
from django.conf import settings
from django.utils import timezone
from minio import Minio
from minio.commonconfig import CopySource, Filter
from minio.datatypes import PostPolicy
from minio.error import MinioException, S3Error
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule

from storage.errors import NoSuchObject, StoreAway
from storage.folder import FolderObjects
from storage.interface import CHUNK_BYTES, INCOMING, INCOMING_DAYS, Objects, Post, Stat, disposition

log = structlog.get_logger(__name__)

# A server that does not exist costs (1 + RETRIES) * CONNECT_SECONDS before the person is told.
CONNECT_SECONDS = 2.0
READ_SECONDS = 10.0
RETRIES = 1
_MISSING = frozenset({"NoSuchKey", "NoSuchObject"})
_ALREADY = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})


@contextmanager
def _answering(verb: str) -> Iterator[None]:
    """Turn a missing object into `NoSuchObject`, and every other failure into `StoreAway`."""
    try:
        yield
    except S3Error as error:
        if error.code in _MISSING:
            raise NoSuchObject from error
        log.error("store_refused", verb=verb, code=error.code)
        raise StoreAway from error
    except (
        urllib3.exceptions.HTTPError,
        MinioException,
        OSError,
    ) as error:
        log.error("store_away", verb=verb, error=repr(error))
        raise StoreAway from error


def _client(endpoint: str, access_key: str, secret_key: str, region: str) -> Minio:
    parts = urlsplit(endpoint)
    # The SDK's own pool would wait five minutes, five times.
    pool = urllib3.PoolManager(
        maxsize=16,
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        retries=urllib3.Retry(total=RETRIES, backoff_factor=0.1, status_forcelist=[502, 503, 504]),
    )
    # With a region given, signing asks no server.
    return Minio(
        parts.netloc,
        access_key=access_key,
        secret_key=secret_key,
        secure=parts.scheme == "https",
        region=region,
        http_client=pool,
    )


@dataclass(eq=False)
class S3Objects:
    """Documents in a bucket of an S3 server.

    Two clients: one speaks to the server under the address this process reaches it by, the other only
    signs for the address that browsers reach it by.
    """

    endpoint: str
    public_endpoint: str
    access_key: str
    secret_key: str
    bucket: str
    region: str

    def __post_init__(self) -> None:
        self._server = _client(self.endpoint, self.access_key, self.secret_key, self.region)
        self._signer = _client(self.public_endpoint, self.access_key, self.secret_key, self.region)
        self._ready = False

    def ensure_bucket(self) -> None:
        """Make the bucket, let browsers post to it, let leftovers in `incoming/` go by themselves.

        Asks the server once in the life of a process.

        Raises:
            StoreAway: the server does not answer.
        """
        if self._ready:
            return
        with _answering("ensure_bucket"):
            if not self._server.bucket_exists(self.bucket):
                try:
                    self._server.make_bucket(self.bucket)
                except S3Error as error:
                    if error.code not in _ALREADY:
                        raise
            rule = Rule(
                "Enabled",
                rule_filter=Filter(prefix=INCOMING),
                rule_id="incoming",
                expiration=Expiration(days=INCOMING_DAYS),
            )
            self._server.set_bucket_lifecycle(self.bucket, LifecycleConfig([rule]))
            self._allow_browsers()
        self._ready = True

    def _allow_browsers(self) -> None:
        """Set the bucket's CORS rule; MinIO has none to set, it lets every origin in by itself.

        Any origin may ask, because the signed policy alone decides what is let in, and no cookie goes along.
        """
        rule = (
            b"<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>POST</AllowedMethod>"
            b"<AllowedMethod>GET</AllowedMethod><AllowedHeader>*</AllowedHeader>"
            b"<MaxAgeSeconds>3600</MaxAgeSeconds></CORSRule></CORSConfiguration>"
        )
        digest = base64.b64encode(hashlib.md5(rule, usedforsecurity=False).digest()).decode()
        try:
            # The SDK (<8, bounded in pyproject.toml) has no verb for CORS; this is what its verbs call.
            self._server._execute(
                "PUT", self.bucket, body=rule, headers={"Content-MD5": digest}, query_params={"cors": ""}
            )
        except S3Error as error:
            if error.code not in {"NotImplemented", "MethodNotAllowed"}:
                raise

    def put(self, key: str, data: BinaryIO, size_bytes: int, content_type: str) -> None:
        self.ensure_bucket()
        with _answering("put"):
            self._server.put_object(self.bucket, key, data, size_bytes, content_type=content_type)

    @contextmanager
    def open(self, key: str) -> Iterator[Iterator[bytes]]:
        with _answering("open"):
            response = self._server.get_object(self.bucket, key)
        try:
            yield self._chunks(response)
        finally:
            response.close()
            response.release_conn()

    @staticmethod
    def _chunks(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        with _answering("read"):
            yield from response.stream(CHUNK_BYTES)

    def stat(self, key: str) -> Stat:
        with _answering("stat"):
            found = self._server.stat_object(self.bucket, key)
        return Stat(found.size or 0, found.content_type or "", found.etag or "")

    def copy(self, source: str, target: str) -> None:
        with _answering("copy"):
            self._server.copy_object(self.bucket, target, CopySource(self.bucket, source))

    def delete(self, key: str) -> None:
        with _answering("delete"):
            self._server.remove_object(self.bucket, key)

    def signed_get(self, key: str, *, filename: str, content_type: str, inline: bool, seconds: int) -> str:
        return self._signer.presigned_get_object(
            self.bucket,
            key,
            expires=timedelta(seconds=seconds),
            response_headers={
                "response-content-disposition": disposition(filename, inline=inline),
                "response-content-type": content_type,
            },
        )

    def post_policy(self, key: str, *, content_type: str, max_bytes: int, seconds: int) -> Post:
        policy = PostPolicy(self.bucket, timezone.now() + timedelta(seconds=seconds))
        policy.add_equals_condition("key", key)
        policy.add_equals_condition("Content-Type", content_type)
        policy.add_content_length_range_condition(1, max_bytes)
        fields = {"key": key, "Content-Type": content_type, **self._signer.presigned_post_policy(policy)}
        return Post(f"{self.public_endpoint.rstrip('/')}/{self.bucket}", fields)


def store() -> Objects:
    """The document store of the settings: an S3 server, or a folder for a demonstration without one.

    One S3 client for all threads of a process.
    """
    if not settings.S3_ENDPOINT:
        return FolderObjects(Path(settings.DOCUMENTS_DIR))
    return _s3(
        endpoint=settings.S3_ENDPOINT,
        public_endpoint=settings.S3_PUBLIC_ENDPOINT or settings.S3_ENDPOINT,
        access_key=settings.S3_ACCESS_KEY,
        secret_key=settings.S3_SECRET_KEY,
        bucket=settings.S3_BUCKET,
        region=settings.S3_REGION,
    )


_s3 = cache(S3Objects)
# The SDK is not to be shared between processes: a worker forked from a used one opens its own connections.
os.register_at_fork(after_in_child=_s3.cache_clear)
