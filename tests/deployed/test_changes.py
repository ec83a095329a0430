"""Changes of contacts on the event bus."""

import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

import jsonschema
import pytest
import yaml
from stack import eventually

# A new pipe starts within minutes. It then reads earlier changes too: the stream keeps them for 24 hours.
SECONDS = 600


ROOT = Path(__file__).parents[2]


def pasted_rule():
    """The commands of docs/api.md that send the changes of the tenant TENANT to a queue, without the line that sets the names."""
    page = (ROOT / "docs/api.md").read_text()
    commands = re.search(r"^```sh\nNAME=.*?\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return commands.group(1)


# Version 1 of the AWS CLI ignores AWS_ENDPOINT_URL for SQS.
WITH_ENDPOINT = 'aws() { command aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} "$@"; }\n'


class Listener:
    """A queue to which a rule of the bus sends every `ContactChanged` event of a tenant."""

    def __init__(self, stack, tenant):
        self.sqs, self.events = stack.client("sqs"), stack.client("events")
        self.bus, self.rule = stack.outputs["BusName"], f"test-{uuid.uuid4().hex[:12]}"
        self.seen = {}
        environment = {**os.environ, "NAME": self.rule, "TENANT": tenant.name, "BUS_NAME": self.bus}
        # The AWS CLI is in the virtual environment of the tests.
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        commands = ["sh", "-euc", WITH_ENDPOINT + pasted_rule()]
        run = subprocess.run(commands, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        self.url = self.sqs.get_queue_url(QueueName=self.rule)["QueueUrl"]

    def changes_of(self, tenant, link_id):
        """The events of a contact so far, in order, without duplicates."""
        received = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=2)
        for message in received.get("Messages", []):
            event = json.loads(message["Body"])
            assert (event["source"], event["detail-type"]) == ("contacts", "ContactChanged")
            self.seen[event["detail"]["eventID"]] = event
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        events = [event for event in self.seen.values() if is_of(event["detail"], tenant, link_id)]
        return sorted(events, key=lambda event: int(event["detail"]["dynamodb"]["SequenceNumber"]))

    def remove(self):
        self.events.remove_targets(Rule=self.rule, EventBusName=self.bus, Ids=["queue"])
        self.events.delete_rule(Name=self.rule, EventBusName=self.bus)
        self.sqs.delete_queue(QueueUrl=self.url)


def is_of(change, tenant, link_id):
    record = change["dynamodb"]
    image = record.get("NewImage") or record.get("OldImage")
    return image["link_id"]["S"] == link_id and record["Keys"]["pk"]["S"].startswith(f"{tenant}#CONTACT#")


@pytest.fixture
def listener(stack, tenant):
    if not stack.publishes_changes:
        pytest.skip("the stack is deployed with PublishChanges=false")
    listener = Listener(stack, tenant)
    yield listener
    listener.remove()


def test_each_change_is_published_with_both_images(listener, tenant, ann):
    contact_id = tenant.upsert([ann])[0]["contact_id"]
    tenant.upsert([{**ann, "contact_desc": "new"}])
    tenant.upsert([{**ann, "contact_desc": "new"}])  # changes nothing, so nothing is published
    tenant.upsert([{**ann, "contact_desc": None, "contact_email": "ann@example.com"}])
    assert tenant.delete([{"link_id": ann["link_id"]}]).status == 200

    events = eventually(
        lambda: (found := listener.changes_of(tenant.name, ann["link_id"]))[3:] and found,
        SECONDS,
        "four changes of a contact are published",
    )
    changes = [event["detail"] for event in events]
    assert [change["eventName"] for change in changes] == ["INSERT", "MODIFY", "MODIFY", "REMOVE"]
    images = [(fields(change, "OldImage"), fields(change, "NewImage")) for change in changes]
    created, described = (None, None), ("new", None)
    with_email = (None, "ann@example.com")
    assert images == [(None, created), (created, described), (described, with_email), (with_email, None)]
    for change in changes:
        assert change["dynamodb"]["Keys"]["sk"]["S"] == str(contact_id)

    document = yaml.safe_load((ROOT / "openapi.yaml").read_text())
    schema = {"$ref": "#/components/schemas/ContactChanged", "components": document["components"]}
    for event in events:
        jsonschema.validate(event, schema, jsonschema.Draft202012Validator)


def test_published_event_has_the_shape_of_the_sample(listener, tenant, ann):
    tenant.upsert([ann])
    tenant.upsert([{**ann, "contact_email": "ann@example.com"}])
    events = eventually(
        lambda: (found := listener.changes_of(tenant.name, ann["link_id"]))[1:] and found,
        SECONDS,
        "two changes of a contact are published",
    )
    sample = json.loads((ROOT / "events/contact-changed.json").read_text())
    assert shape(events[1]) == shape(sample)


def shape(value):
    """The names in a JSON value, and the types of its other values."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    return "number" if isinstance(value, int | float) else type(value).__name__


def fields(change, image):
    """The description and the email address in an image; None without an image."""
    attributes = change["dynamodb"].get(image)
    if not attributes:
        return None
    return tuple(attributes.get(name, {}).get("S") for name in ("contact_desc", "contact_email"))
