"""Passwords, second factors and the browser's sessions."""
