"""The human tasks of a review session: draw → invite → confirm → hold → conclude → sign.

The flow says what is to be done next, and by whom; the verbs of `workflows.review.sessions` do it in the same
transaction.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from viewflow import this
from viewflow.workflow import flow, lock

from accounts.models import User
from config.words import T
from workflows.models import ReviewSession, SessionProcess


def session_page(request: HttpRequest, process_pk: int, **_: Any) -> HttpResponse:  # noqa: ARG001 - viewflow's order
    """A task is worked on at its session's page, in the project's own look."""
    return redirect("session", pk=get_object_or_404(SessionProcess, pk=process_pk).session_id)


def _secretary(activation: Any) -> User:
    """Who keeps the session; its long papers stay where they are."""
    sessions = ReviewSession.objects.only("secretary").select_related("secretary")
    return sessions.get(pk=activation.process.session_id).secretary


def _task(following: Any) -> Any:
    view = flow.View(session_page).Assign(_secretary)
    return view.Next(following)


class ReviewSessionFlow(flow.Flow):  # type: ignore[misc]
    """One process for a session. Two simultaneous posts wait for each other at the process row."""

    process_class = SessionProcess
    lock_impl = lock.SelectForUpdateLock(nowait=False)
    process_title = "Review session"

    start = flow.StartHandle(this.begin).Next(this.draw)
    draw = _task(this.invite)
    invite = _task(this.confirm)
    confirm = _task(this.hold)
    hold = _task(this.conclude)
    conclude = _task(this.sign)
    sign = _task(this.end)
    end = flow.End()

    def begin(self, activation: Any, session: ReviewSession) -> SessionProcess:
        """Bind the new process to its session."""
        activation.process.session = session
        process: SessionProcess = activation.process
        return process


TASKS: dict[str, T] = {
    "draw": T("Draw the panel", "抽取专家"),
    "invite": T("Send the invitations", "发出邀请"),
    "confirm": T("Confirm the session", "确认场次"),
    "hold": T("Open the session", "开始评审"),
    "conclude": T("Conclude the session", "结束评审"),
    "sign": T("Collect the signatures", "收齐签名"),
}
