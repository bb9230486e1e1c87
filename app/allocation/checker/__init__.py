"""Checks the certificate of an allocation result, in exact arithmetic, with Python alone.

``python3 checker PROBLEM RESULT`` (JSON, packed by gzip or not), from the folder that holds this
one, rebuilds the relaxation of docs/certificate.md from the problem alone, evaluates the
certificate's tree on it, and prints what is proven or what does not hold. Exit 0: the certificate
holds. Exit 1: it does not. The folder needs nothing but the standard library, so it can be copied
anywhere.
"""

from .commands import main
from .relaxation import Relaxation
from .tree import check

__all__ = ["Relaxation", "check", "main"]
