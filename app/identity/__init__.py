"""Organisations, users, API keys and who may bind a firm."""
