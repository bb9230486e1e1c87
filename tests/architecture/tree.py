"""The project's files as the architecture tests see them."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = {"__pycache__", "htmlcov", "dist"}


def project_files() -> list[Path]:
    """Every file that is, or would be, committed; without git, all that does not look generated."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not is_generated(path.relative_to(ROOT))]
    return sorted(path for path in found if path.is_file())


def is_generated(path: Path) -> bool:
    """Whether a file lies in a cache, an environment or git's own folder."""
    return any(
        part in GENERATED or (part.startswith(".") and part != ".ci") for part in path.parts[:-1]
    )


def python_files(*tops: str) -> list[Path]:
    """The Python files among these top-level names."""
    return [
        path
        for path in project_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in tops
    ]


def read_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def named(path: Path) -> str:
    """The path as a failure message should show it."""
    return path.relative_to(ROOT).as_posix()


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))
