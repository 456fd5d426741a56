"""Recusal on the pages of staff and of applicants."""
