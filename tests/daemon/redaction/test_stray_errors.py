"""Whatever goes wrong in a process, its log has one redacted event for it and no line beside."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, gc, logging, threading, warnings
import structlog
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.redaction.process_logging import configure_logging

KEY = "-----BEGIN KEY-----\\nkV9mQ2xLp7zR4wT8aaBc\\nhT3nW8vYq1sD6fGjkkLm\\n-----END KEY-----"

class Vault:
    def version(self): return 1
    def known_secrets(self): return [("deploy-key", KEY)]

configure_logging(LiveRedactor(Vault()))

def fail(): raise ValueError(f"bad key: {KEY}")

async def lose():
    asyncio.create_task(afail()); await asyncio.sleep(0); await asyncio.sleep(0); gc.collect()

async def afail(): fail()

async def group():
    async with asyncio.TaskGroup() as tasks: tasks.create_task(afail())

class Dying:
    def __del__(self): fail()

def logged():
    try: fail()
    except ValueError: structlog.get_logger().exception("x.failed")

"""
WAYS = """
logged()
try: fail()
except ValueError: logging.getLogger("uvicorn.error").exception("in %s", "app")
asyncio.run(lose())
thread = threading.Thread(target=fail); thread.start(); thread.join()
Dying()
warnings.warn(KEY)
asyncio.run(group())
"""


def _run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=180)


@pytest.mark.slow
def test_each_error_is_one_redacted_event() -> None:
    done = _run(PROGRAM + WAYS)

    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == [
        "x.failed",
        "library.message",  # uvicorn
        "library.message",  # a task whose error nobody fetched
        "process.uncaught",  # a thread
        "process.uncaught",  # a destructor
        "library.message",  # a warning
        "process.uncaught",  # a task group, which ends the process
    ]
    assert all("SECRET_REF(deploy-key)" in line for line in done.stderr.splitlines())
    assert "kV9mQ2xLp7zR4wT8aaBc" not in done.stderr
    assert "hT3nW8vYq1sD6fGjkkLm" not in done.stderr
    assert (done.stdout, done.returncode) == ("", 1)


@pytest.mark.slow
def test_ctrl_c_says_nothing() -> None:
    done = _run(f"{PROGRAM}raise KeyboardInterrupt")
    assert (done.stdout, done.stderr) == ("", "")
