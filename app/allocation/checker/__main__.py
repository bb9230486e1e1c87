"""Runs the checker, both as a folder (``python3 checker``) and as a module (``-m checker``)."""

import sys
from importlib import import_module
from pathlib import Path

if __package__:
    from . import main
else:
    # A folder that is run is no package yet, and its modules import each other as one.
    folder = Path(__file__).resolve().parent
    sys.path[0] = str(folder.parent)
    main = import_module(folder.name).main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
