"""Bids of firms and networks: fragments of the allocation format, unread before opening."""
