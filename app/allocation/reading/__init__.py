"""Reads the allocation format: shape, numbers, references, canonical form."""
