"""The demonstration: a real tender walked through over HTTP."""
