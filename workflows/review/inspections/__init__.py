"""On-site inspections: tours are planned, firms visited, reports handed in and signed; see docs/inspections.md."""
