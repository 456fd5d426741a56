"""The project's Celery application on a queue of its own, so that a test takes nobody's work."""

import os

from config.celery import app

app.conf.task_default_queue = os.environ["TEST_QUEUE"]
