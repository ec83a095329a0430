"""Starts MiniStack, an emulator of AWS, with stand-ins for the features that it lacks.

MiniStack reads its settings from environment variables. These defaults differ from its own:

BIND_HOST         127.0.0.1: functions run without a sandbox, so the port must not be reachable from the network
MINISTACK_HOST    the value of BIND_HOST; it is part of the URLs of queues
MINISTACK_REGION  AWS_DEFAULT_REGION, or else eu-central-1
AUTH              true: IAM is enforced, also for the functions' roles
IOT_MTLS_ENABLED  0: no second port

It is ready once `GET /_ministack/ready` answers 200. It ends on SIGINT, SIGTERM and SIGHUP, and with `--end-with-parent`
when the process that started it ends. It then ends the processes of functions and removes its directory for temporary
files, which is in TMPDIR. After SIGKILL the directory stays, and a function ends after the response to its invocation.
"""

import argparse
import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# How long requests in progress may take after a signal.
GRACE_SECONDS = 0.5


def main():
    parser = argparse.ArgumentParser(description="Starts MiniStack with stand-ins for the features that it lacks.")
    parser.add_argument("--end-with-parent", action="store_true", help="end when the process that started this one ends")
    if parser.parse_args().end_with_parent:
        threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()

    # Until the server handles signals itself.
    for number in SIGNALS:
        signal.signal(number, lambda *_: sys.exit(0))
    directory = tempfile.mkdtemp(prefix="ministack-")
    status = 1
    try:
        _set_defaults(directory)
        subprocess.Popen = ChildProcess
        # Imported only now: MiniStack reads its settings on import.
        import gaps

        gaps.fill_all()
        # Not asyncio.run: it would wait for the threads that invoke functions.
        asyncio.new_event_loop().run_until_complete(_serve())
        status = 0
    except SystemExit:
        status = 0
    except OSError as error:
        print(f"MiniStack can't be served at {os.environ['AWS_ENDPOINT_URL']}: {error}", file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        ChildProcess.end_all()
        shutil.rmtree(directory, ignore_errors=True)
        sys.stdout.flush()
        sys.stderr.flush()
        # Does not wait for MiniStack's threads.
        os._exit(status)


def _set_defaults(directory):
    """Sets those settings of MiniStack that are not in the environment."""
    defaults = {
        "GATEWAY_PORT": "4566",
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": os.environ.get("AWS_DEFAULT_REGION", "eu-central-1"),
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    host = os.environ["BIND_HOST"]
    os.environ.setdefault("MINISTACK_HOST", "127.0.0.1" if host == "0.0.0.0" else host)
    # The endpoint that functions use.
    os.environ["AWS_ENDPOINT_URL"] = f"http://{os.environ['MINISTACK_HOST']}:{os.environ['GATEWAY_PORT']}"
    os.environ["TMPDIR"] = tempfile.tempdir = directory


async def _serve():
    """Serves MiniStack until a signal ends it."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    config = Config()
    config.bind = [f"{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"]
    config.loglevel = os.environ.get("LOG_LEVEL", "INFO")
    config.keep_alive_timeout = 75
    config.graceful_timeout = GRACE_SECONDS

    signalled = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, signalled.set)
    functions_ended = asyncio.Event()
    server = asyncio.ensure_future(serve(app, config, shutdown_trigger=functions_ended.wait))
    signal_wait = asyncio.ensure_future(signalled.wait())
    await asyncio.wait({server, signal_wait}, return_when=asyncio.FIRST_COMPLETED)
    # First, because the server waits for invocations in progress, and they last until the function's time-out.
    ChildProcess.end_all()
    functions_ended.set()
    await asyncio.wait({server}, timeout=2 * GRACE_SECONDS)
    if server.done():
        server.result()


def _end_with(parent):
    """Waits until `parent` is not this process's parent any more, then sends SIGTERM to this process."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


class ChildProcess(subprocess.Popen):
    """A process that MiniStack starts. MiniStack itself would leave the processes of functions running when it ends."""

    _lock = threading.Lock()
    _running = []
    _ended = False

    def __init__(self, *args, **kwargs):
        cls = ChildProcess
        with cls._lock:
            if cls._ended:
                raise RuntimeError("MiniStack is ending")
            super().__init__(*args, **kwargs)
            cls._running = [process for process in cls._running if process.returncode is None] + [self]

    @classmethod
    def end_all(cls):
        """Kills all running processes. From then on, none can start."""
        with cls._lock:
            cls._ended = True
            for process in cls._running:
                process.kill()
            for process in cls._running:
                process.wait()


if __name__ == "__main__":
    main()
