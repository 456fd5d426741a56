"""Work of this room for the Celery worker."""

from config.celery import app
from notifications import outbox

# Shorter than the broker's patience, so that other rooms' tasks get their turn between two runs.
RUN_SECONDS = 20


@app.task(name="notifications.deliver")  # type: ignore[untyped-decorator]
def deliver() -> None:
    """Deliver what is due; called after each transaction that put something."""
    outbox.deliver_due(seconds=RUN_SECONDS)


@app.task(name="notifications.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Deliver what no nudge reached: later due dates, second tries, rows of a killed relay."""
    outbox.deliver_due(seconds=RUN_SECONDS)


# A sweep that could not start before the next one is due is left out.
BEAT = {
    "notifications-sweep": {"task": "notifications.sweep", "schedule": 10.0, "options": {"expires": 10}},
}
