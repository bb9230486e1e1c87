"""A checkout in miniature: the real dev.py, a small `app`, and locks that name made-up wheels."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CLI = '''"""A command that says what it was given."""

import importlib.util
import sys


def run() -> int:
    found = [n for n in ("runner", "tool") if importlib.util.find_spec(n)]
    print("arguments:", sys.argv[1:], "packages:", found)
    return 0


if __name__ == "__main__":
    sys.exit(run())
'''
PYPROJECT = """[project]
name = "small"
[project.scripts]
jejaring = "app.cli:run"
"""


class Checkout:
    """A folder with a door, and ways to go through it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheels = folder.parent / "wheels"
        self.bin = folder.parent / "bin"
        for made in (folder / "app", folder / "tests" / "support", self.wheels, self.bin):
            made.mkdir(parents=True)
        for name in ("dev.py", "dev_setup.py"):
            shutil.copy(ROOT / name, folder)
        (folder / "pyproject.toml").write_text(PYPROJECT)
        (folder / "app" / "__init__.py").touch()
        (folder / "app" / "cli.py").write_text(CLI)
        runner, tool = make_wheel(self.wheels, "runner"), make_wheel(self.wheels, "tool")
        self.lock("requirements.lock", runner)
        self.lock("requirements-dev.lock", runner, tool)

    @property
    def python(self) -> Path:
        return self.folder / ".venv" / "bin" / "python"

    def lock(self, name: str, *lines: str) -> None:
        (self.folder / name).write_text("".join(f"{line}\n" for line in lines))

    def environment(self, **more: str) -> dict[str, str]:
        """No network, no configuration, and no program on the path but those put into `bin`."""
        kept = {"HOME": os.environ.get("HOME", "/"), "PATH": str(self.bin)}
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_NO_CACHE_DIR": "1"}
        return {**kept, **pip, "PIP_CONFIG_FILE": os.devnull, **more}

    def program(self, name: str, script: str) -> Path:
        """Put a shell script onto the path."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        path.chmod(0o755)
        return path

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(self.folder / "dev.py"), *arguments],
            cwd=self.folder.parent,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **more)
        out, err = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def make_wheel(folder: Path, name: str) -> str:
    """Write a wheel with one module; return the line of a lock that pins it."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": f'"""The package {name}."""\n',
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},sha256={_record_hash(text)},{len(text)}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for member, text in files.items():
            wheel.writestr(member, text)
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def _record_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
