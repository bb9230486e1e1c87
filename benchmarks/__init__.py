"""Measures the project: the optimizer on published instances, and the service."""
