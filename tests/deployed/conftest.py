"""Fixtures of the tests of a deployed stack: the stack, a tenant, and observations for the report of the run.

| variable | meaning |
| --- | --- |
| `STACK` | the name of the stack; the usual variables of AWS say in which account and region it is |
| `WAIT` | `no` skips the tests that take a quarter of an hour on AWS |
| `CONTACTS` | the path of the operator's tool |
"""

import json
import os
import subprocess
import uuid

import pytest
from stack import WAITS, Stack, Unusable

TOOL = os.environ.get("CONTACTS", "target/debug/contacts")

observations = pytest.StashKey[list]()


class Tenant:
    """A tenant of this run, created and deleted by the operator's tool, with a token that has every right."""

    def __init__(self, stack):
        self.stack = stack
        self.name = f"test-{uuid.uuid4().hex[:12]}"
        self.tool("tenant", "add", self.name, "--time-zone", "Europe/Kiev")
        self.token = self.issue("upsert", "delete")

    def issue(self, *rights):
        """Returns a new token with these rights."""
        options = [option for right in rights for option in ("--right", right)]
        return self.tool("token", "issue", self.name, "--label", "test", "--expires", "1d", *options).strip()

    def tool(self, *arguments, **variables):
        """Runs the operator's tool, which must succeed, and returns its output."""
        environment = {
            **os.environ,
            "CONTACTS_TABLE": self.stack.outputs["TableName"],
            "CONTACTS_URL": self.stack.url,
            **variables,
        }
        run = subprocess.run([TOOL, *arguments], env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"contacts {' '.join(arguments)}: {run.stderr}"
        return run.stdout

    def post(self, path, body):
        return self.stack.request("POST", path, body, self.token)

    def upsert(self, items, account="ACME"):
        """Upserts items of an account, which must all succeed, and returns their results."""
        response = self.post("/contacts", {"account_code": account, "list_items": items})
        assert response.status == 200, response.body
        failed = [result for result in response.body["result"] if not result["success"]]
        assert not failed, failed[:3]
        return response.body["result"]

    def delete(self, contacts, account="ACME"):
        """Deletes contacts of an account."""
        return self.post("/contacts/delete", self.deletion(contacts, account))

    def deletion(self, contacts, account="ACME"):
        return {"tenant": self.name, "account_code": account, "contacts": contacts}

    def upsertion(self, items, account="ACME"):
        """The body of an upsert for triggers without a token."""
        return {"tenant": self.name, "account_code": account, "list_items": items}

    def contacts(self, account=None):
        """The stored contacts of one account, or of all, by their `link_id`."""
        rows = [json.loads(line) for line in self.tool("export", self.name, "--format", "ndjson").splitlines()]
        return {row["link_id"]: row for row in rows if account in (None, row.get("account_code"))}

    def remove(self):
        # On AWS, warm functions cache a tenant for a while, and the tool waits until they don't.
        wait = ["--wait", "0"] if self.stack.emulator else []
        self.tool("tenant", "delete", self.name, "--confirm", self.name, *wait)


@pytest.fixture(scope="session")
def stack():
    name = os.environ.get("STACK")
    if not name:
        pytest.exit("No stack is named: run `make deploy-local` in another terminal, or set STACK=name.", 1)
    try:
        return Stack(name)
    except Unusable as why:
        pytest.exit(str(why), 1)


@pytest.fixture(scope="session")
def tenant(stack):
    tenant = Tenant(stack)
    yield tenant
    tenant.remove()


@pytest.fixture
def ann():
    """A minimal item for a contact that no other test uses."""
    return {"link_id": str(uuid.uuid4()), "contact_name": "Ann", "contact_mobile_num": "067_1"}


@pytest.fixture
def waits():
    """Skips the test if `WAIT=no`: it needs deliveries that take minutes on AWS."""
    if not WAITS:
        pytest.skip("takes a quarter of an hour, and WAIT=no")


@pytest.fixture
def report(request):
    """Returns a function that adds an observation of the real service, not a check, to the report of the run."""
    return lambda subject, value: request.config.stash[observations].append((subject, value))


def pytest_configure(config):
    config.stash[observations] = []


def pytest_terminal_summary(terminalreporter, config):
    if config.stash[observations]:
        terminalreporter.section("observations")
        for subject, value in config.stash[observations]:
            terminalreporter.write_line(f"{subject}: {value}")
