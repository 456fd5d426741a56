"""Work of this room for the Celery worker."""

from config.celery import app
from workflows import records

BEAT = {
    "workflows-tax-records": {
        "task": "workflows.sweep_tax_records",
        "schedule": 15.0,
        "options": {"expires": 15},
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
