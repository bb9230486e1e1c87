"""The buyer's decision: a scenario accepted, with the capacity it needs held at once."""
