"""What a lot's arrivals leave open, carry over and exceed, compiled."""

# The tables state no element types.
# mypy: disable-error-code="no-any-return, return-value"
import numpy as np
from numba import njit

from app.allocation.scale.columns import CARRY, OVER


@njit(cache=True, nogil=True)
def open_demand(
    demand: np.ndarray, lots: np.ndarray, lot: int, arrived: np.ndarray, left_open: np.ndarray
) -> int:
    """Write what stays open of a lot's demand; return its carry and excess cost (−1: refused)."""
    cost, stock, later = 0, 0, 0
    carry, over = lots[lot, CARRY], lots[lot, OVER]
    periods = demand.shape[1]
    if carry >= 0:
        for t in range(periods):
            later += demand[lot, t]
    for t in range(periods):
        wanted = demand[lot, t]
        if carry >= 0:
            later -= wanted
        left = stock + arrived[t] - wanted
        stock = 0
        left_open[t] = 0
        if left < 0:
            left_open[t] = -left
        elif left > 0:
            stock = min(left, later)
            if stock > 0:
                cost += stock * carry
            if left > stock:
                if over < 0:
                    return -1
                cost += (left - stock) * over
    return cost
