"""The expert database 专家库: who is in it, what they know, what ties them, and what became of it."""
