"""Recusal 回避: which ties keep an expert away from a case, found by rules or declared, settled by somebody else."""
