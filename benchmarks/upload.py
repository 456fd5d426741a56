"""How fast a browser's way in (a POST policy) is, against the SDK's own put to the same server.

    S3_ENDPOINT=… S3_ACCESS_KEY=… S3_SECRET_KEY=… python -m benchmarks.upload [--mb 20] [--rounds 15]

Prints JSON: the median of each, and their ratio.
The two take turns, each first in every second round, so that a slow moment of the machine falls on both.
"""

import argparse
import http.client
import io
import os
import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import urllib3

from benchmarks.lines import Line, over, told
from storage.interface import Post
from storage.objects import S3Objects, store

KEY = "benchmark/upload"
TYPE = "application/pdf"
GOAL = 0.95


def send(connection: http.client.HTTPConnection, post: Post, data: bytes) -> None:
    """Post `data` under the policy over an open connection, as a browser does."""
    head, content_type = urllib3.encode_multipart_formdata(list(post.fields.items()), boundary="bailu")
    # The fields first, the file last, without copying the file into one body.
    head = head.removesuffix(b"--bailu--\r\n")
    head += b'--bailu\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    tail = b"\r\n--bailu--\r\n"
    connection.putrequest("POST", urlsplit(post.url).path)
    connection.putheader("Content-Type", content_type)
    connection.putheader("Content-Length", str(len(head) + len(data) + len(tail)))
    connection.endheaders(head)
    connection.send(data)
    connection.send(tail)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 204:
        raise SystemExit(f"the store answered {answer.status}")


def seconds(work: Callable[[], None]) -> float:
    """How long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measure, and print what was measured."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--mb", type=int, default=20)
    asked.add_argument("--rounds", type=int, default=15)
    options = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    objects = store()
    if not isinstance(objects, S3Objects):
        raise SystemExit("set S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY")
    objects.ensure_bucket()
    data = os.urandom(options.mb * 1024**2)
    parts = urlsplit(objects.public_endpoint)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=60)

    def by_policy() -> None:
        send(connection, objects.post_policy(KEY, content_type=TYPE, max_bytes=len(data), seconds=600), data)

    def by_sdk() -> None:
        objects.put(KEY, io.BytesIO(data), len(data), TYPE)

    ways = {"policy": by_policy, "sdk": by_sdk}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(-2, options.rounds):
        for name in sorted(ways, reverse=bool(number % 2)):
            took = seconds(ways[name])
            if number >= 0:  # the first two rounds warm both up
                taken[name].append(took)
    objects.delete(KEY)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    share = medians["sdk"] / medians["policy"]
    told([
        Line(
            f"upload {options.mb} MB", medians["policy"], medians["sdk"], None, over(medians["policy"], medians["sdk"]),
            goal="at least 95 % of the SDK's own put", holds=share >= GOAL,
            also=f"{share:.0%} of it, {options.mb / medians['policy']:.0f} MB/s",
        )
    ])  # fmt: skip


if __name__ == "__main__":
    main()
