"""One thin file per engine."""
