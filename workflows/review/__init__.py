"""Reviewing: who is drawn for a panel, and what their scores come to."""
