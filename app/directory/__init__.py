"""Who can make what, where, and how much: profiles, capacity calendars and the ledger."""
