"""Start-up and latency of the embedded service: `python3 dev.py bench service`.

Every figure is a median with its smallest and largest; machines are noisy, so compare the ratios of
one run (`bare` is the framework without a database) and not figures of different days.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

STARTS = 5
CALLS = 200


def spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    median = statistics.median(ordered)
    return f"{median * 1000:8.1f} {ordered[0] * 1000:8.1f} {ordered[-1] * 1000:8.1f}"


def start(folder: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    environment = {
        **os.environ,
        "JEJARING_DATA_DIR": str(folder),
        "JEJARING_PORT": str(port),
        "JEJARING_LOG_LEVEL": "WARNING",
    }
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "app.cli", "serve"], env=environment)
    while True:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200:
                return process, time.perf_counter() - began
        except httpx2.TransportError:
            time.sleep(0.01)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def timed(call: Callable[[], httpx2.Response], expected: int) -> list[float]:
    seconds = []
    for _call in range(CALLS):
        began = time.perf_counter()
        answer = call()
        seconds.append(time.perf_counter() - began)
        if answer.status_code != expected:
            raise SystemExit(f"{answer.request.url}: {answer.status_code} {answer.text}")
    return seconds


def main() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    print(f"{'milliseconds':34s} {'median':>8s} {'least':>8s} {'most':>8s}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process, first = start(folder, port)
        print(f"{'first start (with migration)':34s} {first * 1000:8.1f}")
        stop(process)
        later = []
        for _start in range(STARTS):
            process, seconds = start(folder, port)
            later.append(seconds)
            if _start < STARTS - 1:
                stop(process)
        print(f"{'later start until ready':34s} {spread(later)}")
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as client:
            firm = {"name": "CV Ukur", "user_name": "U", "email": "u@example.co.id"}
            made = client.post("/v1/registrations", json=firm).json()
            client.headers["Authorization"] = f"Bearer {made['key']['secret']}"
            profile = {"annual_sales": "1", "sales_year": 2025, "regency_code": "33.28"}
            client.put("/v1/profile", json=profile)
            number = iter(range(CALLS))
            calls: dict[str, tuple[Callable[[], httpx2.Response], int]] = {
                "bare (GET /health/live)": (lambda: client.get("/health/live"), 200),
                "read one (GET /v1/profile)": (lambda: client.get("/v1/profile"), 200),
                "read a page of 50 regencies": (lambda: client.get("/v1/regencies"), 200),
                "write one (POST /v1/resources)": (
                    lambda: client.post(
                        "/v1/resources",
                        json={"code": f"m{next(number)}", "name": "M", "process": "turning"},
                    ),
                    201,
                ),
                "start page": (lambda: client.get("/"), 200),
            }
            for label, (call, expected) in calls.items():
                print(f"{label:34s} {spread(timed(call, expected))}")
        stop(process)


if __name__ == "__main__":
    main()
