"""A deployed stack: its outputs in CloudFormation, HTTP requests to its API, and clients of AWS."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from functools import cached_property

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
)

# Whether tests that take minutes on AWS run.
WAITS = os.environ.get("WAIT", "yes") != "no"

# Longer than the functions' time-out of 29 seconds, so that a client never gives up first.
CLIENT = Config(read_timeout=60, retries={"max_attempts": 3, "mode": "standard"})


class Unusable(Exception):
    """The stack can't be tested. The message is one sentence that says what to do."""


@dataclass(frozen=True)
class Response:
    """An HTTP response of the API."""

    status: int
    headers: dict
    body: dict


class Stack:
    """A deployed stack."""

    def __init__(self, name):
        self.name = name
        self.outputs = self._read_outputs()

    @cached_property
    def session(self):
        return boto3.Session()

    def client(self, service):
        """Returns a client with the usual settings of AWS: profile, region, credentials, endpoint."""
        return self.session.client(service, config=CLIENT)

    @property
    def emulator(self):
        """Whether the stack is on an emulator on this machine instead of AWS."""
        host = urllib.parse.urlparse(os.environ.get("AWS_ENDPOINT_URL", "")).hostname
        return host in ("127.0.0.1", "localhost", "::1")

    @cached_property
    def url(self):
        """The API's URL without a slash at its end."""
        # An emulator has no DNS, so its output is an address on AWS. local/ministack/deploy.py sets CONTACTS_URL.
        return os.environ["CONTACTS_URL"] if self.emulator else self.outputs["ApiUrl"]

    @cached_property
    def publishes_changes(self):
        """Whether the stack has the pipe that publishes changes."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        resources = (resource for page in pages for resource in page["StackResourceSummaries"])
        return any(resource["LogicalResourceId"] == "ContactChanges" for resource in resources)

    def request(self, method, path, body=None, token=None, key=None):
        """Sends a request. A `body` of bytes is sent unchanged, any other as JSON."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response_of(response)
        except urllib.error.HTTPError as response:
            return response_of(response)

    def invoke(self, operation, payload):
        """Invokes the alias of `Upsert` or `Delete`; returns the type of the error, or None, and the payload."""
        function = self.outputs[f"{operation}Function"]
        response = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(payload))
        result = json.load(response["Payload"])
        return (result.get("errorType") if "FunctionError" in response else None), result

    def invoke_asynchronously(self, operation, payload):
        function = self.outputs[f"{operation}Function"]
        response = self.client("lambda").invoke(
            FunctionName=function, InvocationType="Event", Payload=json.dumps(payload)
        )
        assert response["StatusCode"] == 202

    def _read_outputs(self):
        try:
            stacks = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        except NoRegionError:
            raise Unusable("No AWS region is set: set AWS_REGION.") from None
        except NoCredentialsError:
            raise Unusable("No AWS credentials were found: sign in (`aws sso login`), or name a profile.") from None
        except EndpointConnectionError as error:
            raise Unusable(f"{error}. Is `make deploy-local` running?") from None
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            if code == "ValidationError":
                raise Unusable(
                    f"There is no stack {self.name} in this account and region: name another with STACK=..."
                ) from None
            raise Unusable(f"CloudFormation refused to describe the stack {self.name}: {message}") from None
        except BotoCoreError as error:
            raise Unusable(f"CloudFormation can't be asked about the stack {self.name}: {error}") from None
        status = stacks[0]["StackStatus"]
        if not status.endswith("_COMPLETE") or status in ("DELETE_COMPLETE", "ROLLBACK_COMPLETE"):
            raise Unusable(f"The stack {self.name} is in the state {status}: wait for its deployment, or repeat it.")
        return {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}


def response_of(response):
    text = response.read()
    # Names of headers are case-insensitive.
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Response(response.status, headers, json.loads(text))


def eventually(probe, seconds, what):
    """Repeats `probe` until its result is truthy, for at most this many seconds, and returns the result."""
    deadline = time.monotonic() + seconds
    while True:
        result = probe()
        if result:
            return result
        assert time.monotonic() < deadline, f"{what}: not within {seconds} seconds"
        time.sleep(0.5)
