"""Work of this room for the Celery worker."""

from celery.schedules import crontab

from config.celery import app
from workflows import (
    checkpoints,
    counters,
    kept_answers,
    manifests,
    records,
    roster_imports,
    sweeps,
    webhooks,
)
from workflows.review.assignment import reminding
from workflows.review.experts import expiring, grading
from workflows.review.planning import runs as planning_runs
from workflows.review.sessions import sweeping

# Days end at midnight where the offices are (the timetable's time zone), and a sweep that was missed is made up
# for by the next one, so the nightly ones run through the day as well.
BEAT = {
    "workflows-webhooks": {
        "task": "workflows.send_webhooks",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "workflows-kept-answers": {
        "task": "workflows.forget_answers",
        "schedule": crontab(minute=50, hour=3),
        "options": {"expires": 12 * 3600},
    },
    "workflows-deadlines": {
        "task": "workflows.sweep_deadlines",
        "schedule": crontab(minute="5-59/10"),
        "options": {"expires": 600},
    },
    "workflows-sessions": {
        "task": "workflows.sweep_sessions",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "workflows-grades": {
        "task": "workflows.grade_experts",
        "schedule": crontab(minute=10, hour=3),
        "options": {"expires": 12 * 3600},
    },
    "workflows-checkpoint": {
        "task": "workflows.checkpoint",
        "schedule": crontab(minute=30, hour=2),
        "options": {"expires": 12 * 3600},
    },
    "workflows-counters": {
        "task": "workflows.fold_counters",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "workflows-tax-records": {
        "task": "workflows.sweep_tax_records",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "workflows-rosters": {
        "task": "workflows.sweep_rosters",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "workflows-manifests": {
        "task": "workflows.sweep_manifests",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "workflows-planning": {
        "task": "workflows.sweep_planning",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "workflows-forget-manifests": {
        "task": "workflows.forget_manifests",
        "schedule": crontab(minute=45, hour=2),
        "options": {"expires": 12 * 3600},
    },
}


@app.task(name="workflows.import_tax_record")  # type: ignore[untyped-decorator]
def import_tax_record(import_id: str) -> None:
    """Read a file of the tax bureau and compare; safe to repeat."""
    records.import_tax_record(int(import_id))


@app.task(name="workflows.sweep_tax_records")  # type: ignore[untyped-decorator]
def sweep_tax_records() -> None:
    """Go on with imports whose worker died or whose broker was away; those being worked at are left alone."""
    for import_id in records.unfinished():
        records.import_tax_record(import_id)


@app.task(name="workflows.sweep_deadlines")  # type: ignore[untyped-decorator]
def sweep_deadlines() -> None:
    """Automatic steps, ended notices, reminders and escalations: whatever is due by the database's clock."""
    sweeps.sweep()


@app.task(name="workflows.sweep_sessions")  # type: ignore[untyped-decorator]
def sweep_sessions() -> None:
    """Seats that nobody answered for, or with a conflict found since, go to the next of the draw; reminders."""
    sweeping.fall_due()
    sweeping.remind_due()
    reminding.remind_due()


@app.task(name="workflows.grade_experts")  # type: ignore[untyped-decorator]
def grade_experts() -> None:
    """Every expert's grade is that of their last three years, office by office; whose title expires soon is told."""
    grading.regrade_all()
    expiring.tell_of_expiring()


@app.task(name="workflows.checkpoint")  # type: ignore[untyped-decorator]
def checkpoint() -> None:
    """Anchor the tips of all chains."""
    checkpoints.take()


@app.task(name="workflows.read_roster")  # type: ignore[untyped-decorator]
def read_roster(import_id: str) -> None:
    """Read an uploaded roster into staging; safe to repeat."""
    roster_imports.read(int(import_id))


@app.task(name="workflows.apply_roster")  # type: ignore[untyped-decorator]
def apply_roster(import_id: str) -> None:
    """Apply an uploaded roster that is too large to wait for; safe to repeat."""
    roster_imports.apply_asked(int(import_id))


@app.task(name="workflows.sweep_rosters")  # type: ignore[untyped-decorator]
def sweep_rosters() -> None:
    """Read and apply rosters that nobody was woken for, or whose worker died; those at work are left alone."""
    for import_id in roster_imports.unread():
        roster_imports.read(import_id)
    for import_id in roster_imports.unapplied():
        roster_imports.apply_asked(import_id)


@app.task(name="workflows.fold_counters")  # type: ignore[untyped-decorator]
def fold_counters() -> None:
    """Join what single steps added to the counters."""
    counters.fold()


@app.task(name="workflows.send_webhooks")  # type: ignore[untyped-decorator]
def send_webhooks() -> None:
    """Send what webhooks wait for, for a while; what is left is sent by the next run."""
    webhooks.send_due()


@app.task(name="workflows.forget_answers")  # type: ignore[untyped-decorator]
def forget_answers() -> None:
    """Forget answers of the API that nobody asks for again."""
    kept_answers.forget()


@app.task(name="workflows.carry_out")  # type: ignore[untyped-decorator]
def carry_out(manifest_id: str) -> None:
    """Carry out a signed manifest, all or nothing; safe to repeat."""
    manifests.carry_out(int(manifest_id))


@app.task(name="workflows.sweep_manifests")  # type: ignore[untyped-decorator]
def sweep_manifests() -> None:
    """Carry out what was signed and no worker heard of, or whose worker died; those at work are left alone."""
    for manifest_id in manifests.unfinished():
        manifests.carry_out(manifest_id)


@app.task(name="workflows.forget_manifests")  # type: ignore[untyped-decorator]
def forget_manifests() -> None:
    """Forget the manifests that nobody signed."""
    manifests.forget()


@app.task(name="workflows.work_out_planning")  # type: ignore[untyped-decorator]
def work_out_planning(run_id: str) -> None:
    """Work out who could review what, or which sessions there could be; safe to repeat."""
    planning_runs.carry_out(int(run_id))


@app.task(name="workflows.sweep_planning")  # type: ignore[untyped-decorator]
def sweep_planning() -> None:
    """Work out what was asked and no worker heard of, or whose worker died; those at work are left alone."""
    for run_id in planning_runs.unfinished():
        planning_runs.carry_out(run_id)
