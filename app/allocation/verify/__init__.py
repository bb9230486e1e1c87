"""Checks a result against its problem: plain Python, exact, sharing nothing with the optimizer."""

from app.allocation.verify.checking import evaluate, verify
from app.allocation.verify.findings import Finding

__all__ = ["Finding", "evaluate", "verify"]
