"""Personal data: how long it is kept, what a person gets of it, erasure, and the breach log."""
