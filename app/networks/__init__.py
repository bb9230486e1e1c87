"""Networks of firms, joined only by each member's own recorded consent."""
