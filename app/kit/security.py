"""Secrets of high entropy: made once, shown once, kept as a hash."""

import hashlib
import secrets

KEY_PREFIX = "jjk_"


def new_secret() -> str:
    """Return a new API key of 256 random bits; its prefix lets scanners recognise a leak."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def secret_sha256(secret: str) -> str:
    """Return what is stored of a key; 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
