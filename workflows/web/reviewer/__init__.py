"""The door of experts: what they review, and nothing else."""
