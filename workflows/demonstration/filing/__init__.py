"""Software filing in the demonstration: its year 2019 in three batches, and a round that runs now."""

from workflows.demonstration.filing import now, year_2019

__all__ = ["now", "year_2019"]
