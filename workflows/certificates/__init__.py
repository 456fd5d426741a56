"""Certificates that a programme issues: number, check code, paper, and what the public may check of them."""
