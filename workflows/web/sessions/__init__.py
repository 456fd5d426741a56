"""Pages of review sessions: for the office that runs them, for the experts, the applicants and the public."""
