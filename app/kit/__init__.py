"""Plumbing that knows no business word: database, exact types, problems, events, jobs."""
