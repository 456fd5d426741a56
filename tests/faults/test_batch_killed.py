"""A batch is carried out whole or not at all, whichever process is killed, at any moment."""

from pathlib import Path

from tests.faults.conftest import MANY, Doer, Server

NOTHING = {"states": {"submitted": MANY}, "accepted": 0, "manifest": "ready", "broken": []}
ALL = {"states": {"accepted": MANY}, "accepted": MANY, "manifest": "done", "broken": []}
# A stranger has put the last case's row, and has not committed: the one statement waits in its middle.
HOLD = "INSERT INTO notifications_outbox (topic, key, payload) VALUES ('case.moved', %s, '{}')"


def test_batch_is_all_or_nothing_when_the_web_process_or_the_database_is_killed(
    server: Server, tmp_path: Path
) -> None:
    doer = Doer(server.url, tmp_path)
    made = doer.does("make", cases=MANY)
    last, asked = made.pop("last"), {**made, "key": "k"}

    with doer.stopped_in_the_middle(HOLD, last) as wait:
        web = doer.start("commit", **asked)
        wait()
        web.kill()
    doer.wait_until_quiet()
    assert doer.asks("SELECT state, count(*) FROM workflows_application GROUP BY 1") == [("submitted", MANY)]
    assert doer.asks("SELECT count(*) FROM workflows_event WHERE step = 'accept'") == [(0,)]

    with doer.stopped_in_the_middle(HOLD, last) as wait:
        web = doer.start("commit", **asked)
        wait()
        server.kill()
        status, error = web.wait()
        assert status == 1
        assert "OperationalError" in error
    assert server.start() == doer.url
    assert doer.does("standing", acknowledged={}) == NOTHING

    doer.dies("commit", **asked, die_at="answer")
    again = doer.does("commit", **asked)
    assert again["count"] == MANY
    assert doer.does("standing", acknowledged={"k": MANY}) == ALL
