"""The demonstration's whole job over HTTP, as its spectator sees it."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

UNFILLED = "Some demand is left unfilled"
PATIENCE = 480  # seconds after which the demonstration is taken for stuck
# The command itself, asked for a wider gap: quickly through, and with time on a busy machine.
DEMONSTRATION = """
import sys
from app.demo.show import show
options = {"seconds": "120", "gap": "0.01", "price_rules": ["small-firms"]}
sys.exit(show(once=False, port=int(sys.argv[1]), options=options))
"""


@contextmanager
def demonstration(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "JEJARING_DATA_DIR": str(folder), "JEJARING_LANG": "en"}
    process = subprocess.Popen(
        [sys.executable, "-c", DEMONSTRATION, str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    watchdog = threading.Timer(PATIENCE, process.terminate)
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        process.terminate()
        process.communicate()


def read_until(process: subprocess.Popen[str], mark: str) -> str:
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if mark in line:
            return text
    assert process.stderr is not None
    pytest.fail(f"the demonstration ended early:\n{text}\n{process.stderr.read()}")


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match.group(1)


def whole(text: str) -> int:
    return int(text.replace(",", ""))


def test_a_stranger_watches_a_tender_split_across_consortia(
    tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "jejaring.sqlite3")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = taken.getsockname()[1]
        with demonstration(tmp_path, busy) as process:
            text = read_until(process, "Ctrl-C")
            assert f"Port {busy} is in use" in text
            address = found(r"Start page +(http://127\.0\.0\.1:\d+)/", text)
            check_what_is_printed(text)
            check_what_is_kept(text, address)
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate()
            assert "Stopped." in output
            assert errors == ""
            assert process.returncode == 0
    with pytest.raises(httpx2.TransportError):
        httpx2.get(f"{address}/health/live")


def check_what_is_printed(text: str) -> None:
    for part in ("Tank Floor Thick Plate", "Wire Frame", "4040 T-Slot 500mm"):
        assert part in text
    assert ("Every part of every machine is covered." in text) != (UNFILLED in text)
    assert "without the solver: it holds." in text
    low = found(r"costs between Rp ([\d,]+)", text)
    high = found(r"costs between Rp [\d,]+ and\s+Rp ([\d,]+)", text)
    assert 0 < whole(low) <= whole(high)


def check_what_is_kept(text: str, address: str) -> None:
    """The buyer's key is private, and what was printed is what the service holds."""
    key_file = Path(found(r"Buyer's key +(.+)", text))
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    key = key_file.read_text().splitlines()[0]
    assert key not in text
    with httpx2.Client(
        base_url=f"{address}/v1", headers={"Authorization": f"Bearer {key}"}
    ) as buyer:

        def read(path: str) -> Any:
            answer = buyer.get(path)
            assert answer.status_code == 200, answer.text
            return json.loads(answer.content)

        tender = read("/tenders/" + found(r"Tender +(ten_\w+)", text))
        assert tender["status"] == "awarded"
        assert len(tender["lots"]) == 18
        award = read("/awards/" + found(r"Award +(awd_\w+)", text))
        assert f"{Decimal(award['total']):,.0f}" in text
        check_orders(award, read(f"/orders?award_id={award['id']}&limit=200")["items"], text)
        result = read(f"/scenarios/{award['decision']['scenario_id']}/result")
        # Within the gap that is asked for, leaving a few pieces open may be cheap enough.
        assert result["complete"] is (UNFILLED not in text)
        assert all(rule["holds"] for rule in result["rules"])
        page = buyer.get(f"{address}/")
        assert page.status_code == 200
        assert "Tank Floor Thick Plate" in page.text


def check_orders(award: dict[str, Any], orders: list[dict[str, Any]], text: str) -> None:
    consortia = {order["network_id"] for order in orders} - {None}
    assert len(consortia) >= 2
    assert sum(Decimal(order["total"]) for order in orders) == pytest.approx(
        Decimal(award["total"]), abs=len(orders)
    )  # each order is rounded to whole rupiah
    for order in orders:
        assert f"{Decimal(order['total']):,.0f}" in text
