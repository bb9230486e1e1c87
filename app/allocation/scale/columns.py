"""What stands in which column of the compiled search's tables."""

# lots
FIRST, SHORT, CARRY, OVER, PICKS_LEAST, PICKS_MOST = range(6)
# award
(
    LOT,
    BIDDER,
    STEP,
    LEAST,
    MOST,
    LEAST_DELIVERY,
    SETUP,
    DELIVERY,
    FREIGHT,
    DISCOUNT,
    TIER,
    USE,
    CHOICE,
    ENTRY,
    MARK,
    CHARGE,
    ITEM,
    PACK_USE,
) = range(18)
# tier
FROM, TO, PER_STEP, FIXED = range(4)
# use
RESOURCE, USE_STEP, USE_DELIVERY = range(3)
# entry and choice
OF, PART = range(2)
CHOICE_MOST = 1
# ledger
KIND, TOP, LIMITS = range(3)
# rule
BASE, BASE_FACTOR, SELECTED, FACTOR, CONSTANT, WINNER = range(6)
# top
TOP_N, TOP_BASE, TOP_MOST, TOP_SCALE, TOP_FIRST = range(5)
# counted
CELL, LIMIT = range(2)
# cell
CELL_LEAST, CELL_MOST, ALWAYS = range(3)
# discounts
BY_VALUE, ALL_UNITS, LEVEL = range(3)
# level
START, PERCENT = range(2)
# the state: lot
COST, DIRTY = range(2)
# ledger
AMOUNT, STAMP = range(2)
# cell
NUMBER, CELL_STAMP, CELL_MISSED = range(3)
# top
TOP_MISSED, TOP_STAMP = range(2)
# discount
BASIS, VALUE = range(2)
# pack
USED, BEST_USED = range(2)
# now
TOTAL, BROKEN, BEST, N_LEDGERS, N_LIMITS, N_CELLS, N_DIRTY = range(7)
# stack
LEDGERS_, LIMITS_, CELLS_, DIRTY_ = range(4)
