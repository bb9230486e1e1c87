"""Jejaring: a subcontracting marketplace on the satellite-factory model."""

__version__ = "0.1.0"
