"""The Celery application: JSON only, one task at a time per worker slot, acknowledged when done."""

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import import_modules

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.apps import apps
from django.conf import settings

app = Celery("bailu")
# Also for the web server's other threads, which would else publish to Celery's own default broker.
app.set_default()
app.conf.update(
    broker_url=settings.BROKER_URL,
    task_default_queue=settings.QUEUE,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=15 * 60,
    task_soft_time_limit=14 * 60,
    broker_connection_retry_on_startup=True,
    timezone="Asia/Shanghai",
    # A request never waits for a broker that is away: the sweeper delivers what a nudge did not.
    task_publish_retry=False,
    worker_hijack_root_logger=False,
    beat_schedule_filename=str(settings.DATA_DIR / "beat-schedule"),
)
if settings.BROKER_URL.startswith("filesystem://"):
    folder = Path(settings.BROKER_URL.removeprefix("filesystem://"))
    (folder / "queue").mkdir(parents=True, exist_ok=True)
    (folder / "control").mkdir(parents=True, exist_ok=True)
    app.conf.update(
        broker_url="filesystem://",
        broker_transport_options={
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.05,
        },
        worker_enable_remote_control=False,
    )
elif settings.BROKER_URL.startswith("amqp"):
    app.conf.update(
        task_default_queue_type="quorum",
        task_default_exchange_type="topic",
        broker_transport_options={"confirm_publish": True},
        worker_detect_quorum_queues=True,
    )
else:
    # Above the longest task, or a running one would be given out a second time.
    app.conf.update(broker_transport_options={"visibility_timeout": 3600, "socket_connect_timeout": 2})
app.autodiscover_tasks()


@import_modules.connect(weak=False)  # type: ignore[untyped-decorator]
def collect_beat(**_: Any) -> None:
    """Merge the `BEAT` of each room's tasks into the timetable, when worker or beat starts."""
    for room in apps.get_app_configs():
        if find_spec(f"{room.name}.tasks"):
            app.conf.beat_schedule.update(getattr(import_module(f"{room.name}.tasks"), "BEAT", {}))
