"""Allocation runs: a problem, solved as a job in a killable child, and its verified result."""
