"""A worker hears the signal that ends it, whenever and wherever it arrives."""

import subprocess
import sys

import pytest

from tests.kit.jobs.bench import ROOT

_SCRIPT = """
import os, signal, sys, threading, time
from app.kit.jobs.signals import Ending

def on_another_thread():
    time.sleep(0.2)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

before = signal.getsignal(signal.SIGTERM)
with Ending() as ending:
    if sys.argv[1] == "early":
        os.kill(os.getpid(), signal.SIGINT)
    else:
        threading.Thread(target=on_another_thread).start()
    ending.wait()
assert signal.getsignal(signal.SIGTERM) == before
"""


@pytest.mark.parametrize("when", ["early", "elsewhere"])
def test_a_signal_before_the_wait_or_on_another_thread_is_heard(when: str) -> None:
    subprocess.run([sys.executable, "-c", _SCRIPT, when], cwd=ROOT, check=True, timeout=60)
