"""Deploys the whole stack onto MiniStack, an emulator of AWS, with `sam build` and `sam deploy`.

`deploy.py` creates a demo tenant, prints commands to paste for each trigger, and serves until Ctrl-C. `deploy.py COMMAND ...`
runs a command while the stack is up, on a free port, and exits with the command's status. `--everything` turns on every
option of the template.

It needs the SAM CLI and cargo-lambda on the PATH, and the operator's tool (`CONTACTS`). `make deploy-local` provides them.
"""

import argparse
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3

ROOT = Path(__file__).parents[2]
LOCAL = ROOT / ".local"
# The environment of the running stack, for `make test-deployed` and the commands to paste.
ENVIRONMENT_FILE = LOCAL / "deployed.env"
LOG = LOCAL / "deployed.log"

STACK = "contacts"
REGION = "eu-central-1"
ACCOUNT = "000000000000"
ARCHITECTURE = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine())

# The value of CaBundle. The functions read the file, but don't use it, because the emulator serves plain HTTP.
CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
EVERYTHING = [
    f"AlarmTopicArn=arn:aws:sns:{REGION}:{ACCOUNT}:alarms",
    "DeploymentType=Canary10Percent5Minutes",
    "Metrics=true",
    "UpsertReservedConcurrency=50",
    "DeleteReservedConcurrency=20",
    "MaxReadUnits=40000",
    "MaxWriteUnits=40000",
    f"PermissionsBoundary=arn:aws:iam::{ACCOUNT}:policy/boundary",
    *([f"CaBundle={CA_BUNDLE}"] if CA_BUNDLE.exists() else []),
]

BOUNDARY = ROOT / "docs/permissions-boundary.json"

# Not `.aws-sam`: a `sam deploy` without `sam build` must not find programs for this machine there.
BUILD = ROOT / ".local/sam-build"

TENANT = "zegoal"


class DeployError(Exception):
    """The deployment failed. The message is a sentence for the user."""


class Emulator:
    """A running MiniStack. At the end of its context, it and its functions end."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        # The environment variables of the AWS CLI, the SAM CLI, boto3 and the operator's tool.
        self.environment = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }
        self.log = LOG.open("w")
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("launch.py")), "--end-with-parent"],
            env={**clean_environment(), **self.environment, "GATEWAY_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            # In its own process group: Ctrl-C does not reach it, and `__exit__` ends its functions with it.
            start_new_session=True,
        )

    def __enter__(self):
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for stop in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, stop)
                self.process.wait(10)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self.log.close()

    def client(self, service):
        """Returns a boto3 client of the account's root user."""
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **keys)

    def _wait_until_ready(self):
        for _ in range(300):
            if self.process.poll() is not None:
                raise DeployError(f"MiniStack ended at once; see {LOG.relative_to(ROOT)}.")
            try:
                urllib.request.urlopen(f"{self.url}/_ministack/ready", timeout=5).close()
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise DeployError(f"MiniStack doesn't answer; see {LOG.relative_to(ROOT)}.")


def clean_environment():
    """Returns the environment of this process without variables for AWS."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def build():
    if ARCHITECTURE is None:
        raise DeployError(f"The functions can't be built for this machine's processors ({platform.machine()}).")
    # No cross-compilation, so no Zig: the functions are built for this machine.
    environment = {**os.environ, "CARGO_LAMBDA_COMPILER": "cargo"}
    command = ["sam", "build", "--build-dir", BUILD, "--parameter-overrides", f"Architecture={ARCHITECTURE}"]
    run(command, environment, "The build failed")


def deploy(emulator, parameters):
    """Deploys the stack and returns its outputs."""
    command = ["sam", "deploy", "--stack-name", STACK, "--no-confirm-changeset", "--no-progressbar"]
    files = ["--template-file", BUILD / "template.yaml", "--config-file", ROOT / "samconfig.toml"]
    environment = {**clean_environment(), **emulator.environment}
    overrides = ["--parameter-overrides", f"Architecture={ARCHITECTURE}", *parameters]
    run([*command, *files, *overrides], environment, "The deployment failed")
    listed = subprocess.run(
        ["sam", "list", "stack-outputs", "--stack-name", STACK, "--output", "json"],
        env=environment, capture_output=True, text=True, check=False,
    )
    if listed.returncode != 0:
        raise DeployError(f"The stack's outputs can't be read: {listed.stderr.strip()}")
    return {output["OutputKey"]: output["OutputValue"] for output in json.loads(listed.stdout)}


def create_boundary(emulator):
    """Creates the permissions boundary of `--everything`: that of docs/operations.md."""
    emulator.client("iam").create_policy(PolicyName="boundary", PolicyDocument=BOUNDARY.read_text())


def run(command, environment, failure):
    """Runs a command, with its output on the terminal; raises `DeployError` if it fails."""
    try:
        status = subprocess.run(command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    except FileNotFoundError:
        raise DeployError(f"There is no {command[0]} on the PATH; `make deploy-local` installs it.") from None
    if status != 0:
        raise DeployError(f"{failure}; see the output above. Nothing was left running.")


def stack_environment(emulator, outputs):
    """Returns the environment variables for callers and operators, with the names of docs/operations.md."""
    api = outputs["ApiUrl"].split("//")[1].split(".")[0]
    return {
        **emulator.environment,
        "STACK": STACK,
        # The emulator has no DNS: it serves each API under a path.
        "CONTACTS_URL": f"{emulator.url}/_aws/execute-api/{api}/$default",
        "CONTACTS_TABLE": outputs["TableName"],
        "UPSERT_FUNCTION": outputs["UpsertFunction"],
        "DELETE_FUNCTION": outputs["DeleteFunction"],
        "UPSERT_QUEUE_URL": outputs["UpsertQueueUrl"],
        "DELETE_QUEUE_URL": outputs["DeleteQueueUrl"],
        "BUS_NAME": outputs["BusName"],
    }


def run_tool(arguments, settings):
    """Runs the operator's tool and returns what it prints."""
    command = [os.environ.get("CONTACTS", str(ROOT / "target/debug/contacts")), *arguments]
    result = subprocess.run(
        command, env={**clean_environment(), **settings}, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise DeployError(f"`contacts {' '.join(arguments)}` failed: {result.stderr.strip()}")
    return result.stdout.strip()


def create_demo(emulator, settings):
    """Creates a tenant with a token, and a queue that receives every published change. Returns the settings with theirs."""
    run_tool(["tenant", "add", TENANT, "--time-zone", "Europe/Kiev"], settings)
    rights = ["--right", "upsert", "--right", "delete"]
    token = run_tool(["token", "issue", TENANT, "--label", "demo", *rights], settings)

    sqs, events, bus = emulator.client("sqs"), emulator.client("events"), settings["BUS_NAME"]
    queue = sqs.create_queue(QueueName="demo-changes")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"detail-type": ["ContactChanged"]})
    events.put_rule(Name="demo-changes", EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule="demo-changes", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    return {**settings, "CONTACTS_TENANT": TENANT, "CONTACTS_TOKEN": token, "CHANGES_QUEUE_URL": queue}


def write_environment_file(settings):
    # The file contains a token, so only its owner may read it.
    with open(os.open(ENVIRONMENT_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name}='{value}'\n" for name, value in settings.items())


INSTRUCTIONS = """
Ready: the stack {stack} is deployed on {url}. In another terminal, in this folder:

  set -a; . .local/deployed.env; set +a; PATH=$PATH:{aws}

Create a contact by HTTP:

  curl -X POST "$CONTACTS_URL/contacts" -H "Authorization: Bearer $CONTACTS_TOKEN" -H 'Content-Type: application/json' -d @events/upsert-direct.json

The same by SQS, by EventBridge, and by direct invoke:

  aws sqs --endpoint-url $AWS_ENDPOINT_URL send-message --queue-url $UPSERT_QUEUE_URL --message-body file://events/upsert-direct.json
  aws events put-events --entries '[{{"EventBusName": "'$BUS_NAME'", "Source": "demo", "DetailType": "UpsertContacts", "Detail": "{{\\"tenant\\": \\"zegoal\\", \\"account_code\\": \\"ACME\\", \\"list_items\\": [{{\\"contact_name\\": \\"Bob\\", \\"contact_mobile_num\\": \\"067_2\\"}}]}}"}}]'
  aws lambda invoke --function-name $UPSERT_FUNCTION --payload fileb://events/upsert-direct.json /dev/stdout

List the stored contacts with the operator's tool:

  target/debug/contacts export zegoal

Receive the published changes (a queue subscribes to the event bus):

  aws sqs --endpoint-url $AWS_ENDPOINT_URL receive-message --queue-url $CHANGES_QUEUE_URL --max-number-of-messages 10 --wait-time-seconds 10

Run the tests of a deployed stack: make test-deployed

Ctrl-C ends the stack.
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def chosen_port():
    """Returns the port in `CONTACTS_AWS_PORT`, which must be free."""
    text = os.environ.get("CONTACTS_AWS_PORT") or "4566"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise DeployError(f"CONTACTS_AWS_PORT must be a port number, not `{text}`.")
    try:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", int(text)))
    except OSError as error:
        raise DeployError(f"Port {text} can't be used ({error.strerror}); CONTACTS_AWS_PORT sets another.") from None
    return int(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--everything", action="store_true", help="turn on every option of the template")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command to run while the stack is up")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    LOCAL.mkdir(exist_ok=True)

    port = free_port() if arguments.command else chosen_port()
    build()
    with Emulator(port) as emulator:
        if arguments.everything:
            create_boundary(emulator)
        settings = stack_environment(emulator, deploy(emulator, EVERYTHING if arguments.everything else []))
        if arguments.command:
            return subprocess.run(arguments.command, env={**os.environ, **settings}, cwd=ROOT, check=False).returncode
        settings = create_demo(emulator, settings)
        write_environment_file(settings)
        try:
            aws = Path(sys.executable).parent.relative_to(ROOT)
            print(INSTRUCTIONS.format(stack=STACK, url=emulator.url, aws=aws), flush=True)
            emulator.process.wait()
            raise DeployError(f"MiniStack ended unexpectedly; see {LOG.relative_to(ROOT)}.")
        finally:
            ENVIRONMENT_FILE.unlink(missing_ok=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DeployError as error:
        sys.exit(f"deploy.py: {error}")
    except KeyboardInterrupt:
        sys.exit(0)
