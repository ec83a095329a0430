"""AWS clients that call MiniStack in this process, without a port or a second process.

The gaps call MiniStack through these, so they see what a client of the running emulator sees.
"""

import asyncio
import atexit
import functools
import io
import json
import threading
import time
from urllib.parse import unquote, urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from ministack import app
from ministack.core import lambda_runtime

REGION = "eu-central-1"
ENDPOINT = "http://127.0.0.1:4566"

# How long to wait for background work: stack operations, polls, retries.
TIMEOUT_SECONDS = 20


def client(service, access_key="test", secret_key="test", session_token=None):
    """Returns a boto3 client, by default of the account's root user. It can't send streams, such as the bodies of S3."""
    created = boto3.client(
        service,
        region_name=REGION,
        endpoint_url=ENDPOINT,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        aws_session_token=session_token,
        config=Config(retries={"total_max_attempts": 1}),
    )
    created.meta.events.register("before-send", _send)
    return created


def http(method, url, headers=None, body=b""):
    """Sends one HTTP request; returns the status and the body."""
    status, _, response = _wait(_http(method, url, headers or {}, body))
    return status, response


def deploy(resources, outputs=None, parameters=None, stack="probe"):
    """Creates or updates a stack and waits for it; returns its outputs.

    Raises `StackFailed` if it doesn't reach its `_COMPLETE` state.
    """
    cloudformation = client("cloudformation")
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {name: {"Type": "Number", "Default": str(value)} for name, value in (parameters or {}).items()},
        "Resources": resources,
        "Outputs": {name: {"Value": value} for name, value in (outputs or {}).items()},
    }
    existing = [summary["StackName"] for summary in cloudformation.describe_stacks()["Stacks"]]
    change = cloudformation.update_stack if stack in existing else cloudformation.create_stack
    try:
        change(StackName=stack, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"])
    except cloudformation.exceptions.ClientError as error:
        raise StackFailed(str(error)) from error
    described = _wait_for_stack(cloudformation, stack)
    if described["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        raise StackFailed("; ".join(e["ResourceStatusReason"] for e in events if e.get("ResourceStatusReason")))
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def python_function(code, **properties):
    """Describes a Lambda function in Python for `deploy`; `code` defines `handler`."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.12",
            "Handler": "index.handler",
            "Role": "arn:aws:iam::000000000000:role/probe",
            "Code": {"ZipFile": code},
            **properties,
        },
    }


def table(**properties):
    """Describes a DynamoDB table for `deploy`, with the partition key `pk`."""
    return {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            **properties,
        },
    }


def role(principal, policy=None, **properties):
    """Describes an IAM role for `deploy`, which `principal` may assume."""
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "probe", "PolicyDocument": policy}] if policy else [],
            **properties,
        },
    }


def allow(*grants):
    """Returns an IAM policy that allows pairs of an action and a resource."""
    statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in grants]
    return {"Version": "2012-10-17", "Statement": statements}


def delete(stack="probe"):
    """Deletes a stack and waits for it."""
    cloudformation = client("cloudformation")
    stack_id = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=stack)
    _wait_for_stack(cloudformation, stack_id)


def _wait_for_stack(cloudformation, stack):
    def described():
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return found if not found["StackStatus"].endswith("_IN_PROGRESS") else None

    return eventually(described)


def eventually(condition, seconds=TIMEOUT_SECONDS):
    """Calls `condition` until its result is true, for up to `seconds`; returns its last result."""
    deadline = time.monotonic() + seconds
    while not (result := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return result


def receive(queue):
    """Receives the bodies of up to ten messages of a queue, parsed as JSON."""
    messages = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"]) for message in messages]


def invocations(function):
    """Returns the number of invocations of a function, from its log group."""
    events = client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}", filterPattern="START")["events"]
    return len(events)


class StackFailed(Exception):
    """CloudFormation rejected a template or rolled its stack back."""


class _Body(io.BytesIO):
    """A response body in the form that botocore reads."""

    def stream(self, *_args, **_kwargs):
        yield self.read()


def _send(request, **_kwargs):
    headers = {name: v.decode() if isinstance(v, bytes) else v for name, v in request.headers.items()}
    body = request.body or b""
    sent = _http(request.method, request.url, headers, body.encode() if isinstance(body, str) else body)
    status, headers, response = _wait(sent)
    return AWSResponse(request.url, status, headers, _Body(response))


def _wait(coroutine):
    return asyncio.run_coroutine_threadsafe(coroutine, _loop()).result()


@functools.cache
def _loop():
    """Starts an event loop for MiniStack, in its own thread; returns the same one for each call."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    # MiniStack would leave the processes of functions running.
    atexit.register(lambda_runtime.reset)
    return loop


async def _http(method, url, headers, body):
    """Runs the ASGI application on one request."""
    url = urlsplit(url)
    unread = [{"type": "http.request", "body": body, "more_body": False}]
    response = bytearray()
    start = {}

    async def receive():
        return unread.pop() if unread else {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.start":
            start.update(message)
        elif message["type"] == "http.response.body":
            response.extend(message.get("body", b""))

    headers = {name.lower(): value for name, value in headers.items()}
    headers = {"host": urlsplit(ENDPOINT).netloc, "content-length": str(len(body)), **headers}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": unquote(url.path),
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 4566),
    }
    await app.app(scope, receive, send)
    received = {name.decode(): value.decode() for name, value in start.get("headers", [])}
    return start["status"], received, bytes(response)
