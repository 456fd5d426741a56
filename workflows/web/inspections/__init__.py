"""Pages of on-site inspections: the office plans tours, inspectors carry them out on their phones."""
