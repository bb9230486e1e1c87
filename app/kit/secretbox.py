"""Small secrets that have to be read again, encrypted under a key kept outside the database."""

import base64
import binascii
import os
import secrets
import threading
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class SecretKeyError(RuntimeError):
    """The key is unreadable, or it is not the one that this was sealed with."""


class Box:
    """Seals and opens with AES-256-GCM; the context binds a sealed text to its place."""

    def __init__(self, path: Path, given: str = "") -> None:
        self._path = path
        self._given = given
        self._lock = threading.Lock()
        self._cipher: AESGCM | None = None

    def seal(self, plain: bytes, context: str) -> str:
        """Return a text that only this key opens, and only in this context."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._aes().encrypt(nonce, plain, context.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, context: str) -> bytes:
        """Return what was sealed in this context.

        Raises
        ------
        SecretKeyError
            When the key, the context or the text is another one.
        """
        raw = base64.b64decode(sealed)
        try:
            return self._aes().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode())
        except InvalidTag as error:
            msg = f"{context}: sealed with another secret key than {self._path}"
            raise SecretKeyError(msg) from error

    def _aes(self) -> AESGCM:
        with self._lock:
            if self._cipher is None:
                self._cipher = AESGCM(_decoded(self._given or _stored(self._path)))
            return self._cipher


def _stored(path: Path) -> str:
    if not path.exists():
        _make(path)
    return path.read_text(encoding="ascii")


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    try:
        os.link(draft, path)  # whole or not at all, and never over a key that is there
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        msg = "the secret key is not base 64"
        raise SecretKeyError(msg) from error
    if len(key) != KEY_BYTES:
        msg = f"the secret key has {len(key)} bytes instead of {KEY_BYTES}"
        raise SecretKeyError(msg)
    return key
