"""Runs instances and writes what was measured."""
