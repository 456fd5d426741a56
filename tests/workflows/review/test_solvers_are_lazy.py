"""The web process never loads a solver: it would cost each of them a hundred megabytes."""

import subprocess
import sys

from launch.places import ROOT

CODE = """
import django
django.setup()
import sys
from django.urls import get_resolver
get_resolver().url_patterns
import config.celery, workflows.tasks
print(sorted(name for name in ("ortools", "pandas") if name in sys.modules))
"""


def test_pages_and_tasks_are_loaded_without_solvers() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
