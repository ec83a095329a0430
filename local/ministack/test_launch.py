"""Tests of the launcher: it serves MiniStack, and removes its processes and files when it ends."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from contextlib import closing
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

LAUNCHER = str(Path(__file__).with_name("launch.py"))

HANDLER = """
import os, time
def handler(event, context):
    time.sleep(event["seconds"])
    return os.getpid()
"""


@pytest.fixture
def settings(tmp_path):
    """The environment of a launcher with a free port and an empty directory for temporary files."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    return {**os.environ, "TMPDIR": str(tmp_path), "GATEWAY_PORT": str(port)}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_leaves_no_process_and_no_file(number, settings, tmp_path):
    launcher = subprocess.Popen([sys.executable, LAUNCHER], env=settings)
    process = start_function(settings)
    # The process of the function is busy when the signal arrives.
    busy = threading.Thread(target=invoke, args=[settings, 25])
    busy.start()
    time.sleep(0.5)
    launcher.send_signal(number)
    assert launcher.wait(timeout=10) == 0
    busy.join()
    assert not is_running(process)
    assert list(tmp_path.iterdir()) == []


def test_end_with_parent_ends_everything(settings, tmp_path):
    command = f"'{sys.executable}' '{LAUNCHER}' --end-with-parent & wait"
    parent = subprocess.Popen(["sh", "-c", command], env=settings)
    process = start_function(settings)
    parent.kill()
    parent.wait()
    assert within(10, lambda: not is_running(process) and list(tmp_path.iterdir()) == [])


def test_busy_port_is_an_error(settings):
    with closing(socket.create_server(("127.0.0.1", int(settings["GATEWAY_PORT"])))):
        run = subprocess.run([sys.executable, LAUNCHER], env=settings, capture_output=True, text=True, timeout=20)
    assert run.returncode == 1
    assert "MiniStack can't be served at" in run.stderr


def start_function(settings):
    """Waits for MiniStack, then creates and invokes a function; returns the id of its process."""
    assert within(20, lambda: is_ready(settings)), "MiniStack did not become ready"
    trust = {"Version": "2012-10-17", "Statement": []}
    role = client(settings, "iam").create_role(RoleName="probe", AssumeRolePolicyDocument=json.dumps(trust))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("index.py", HANDLER)
    functions = client(settings, "lambda")
    functions.create_function(
        FunctionName="probe",
        Runtime="python3.12",
        Handler="index.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": archive.getvalue()},
        Timeout=30,
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="probe")
    return invoke(settings, 0)


def invoke(settings, seconds):
    """Invokes the function; returns the id of its process, or None if the launcher ended it."""
    try:
        answer = client(settings, "lambda").invoke(FunctionName="probe", Payload=json.dumps({"seconds": seconds}))
        return None if "FunctionError" in answer else json.load(answer["Payload"])
    except BotoCoreError:
        return None


def client(settings, service):
    return boto3.client(
        service,
        region_name="eu-central-1",
        endpoint_url=address(settings),
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def address(settings):
    return f"http://127.0.0.1:{settings['GATEWAY_PORT']}"


def is_ready(settings):
    try:
        return urllib.request.urlopen(f"{address(settings)}/_ministack/ready").status == 200
    except OSError:
        return False


def is_running(process):
    try:
        os.kill(process, 0)
        return True
    except ProcessLookupError:
        return False


def within(seconds, condition):
    """Waits up to `seconds` for a condition; returns whether it became true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False
