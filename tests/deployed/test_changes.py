"""Changes of contacts on the event bus."""

import json
import uuid

import pytest
from stack import eventually

# A new pipe starts within minutes. It then reads earlier changes too: the stream keeps them for 24 hours.
SECONDS = 600


class Listener:
    """A queue to which a rule of the bus sends every `ContactChanged` event."""

    def __init__(self, stack):
        self.sqs, self.events = stack.client("sqs"), stack.client("events")
        self.bus, self.rule = stack.outputs["BusName"], f"test-{uuid.uuid4().hex[:12]}"
        self.seen = {}
        self.url = self.sqs.create_queue(QueueName=self.rule)["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = json.dumps({"source": ["contacts"], "detail-type": ["ContactChanged"]})
        rule = self.events.put_rule(Name=self.rule, EventBusName=self.bus, EventPattern=pattern)["RuleArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})
        targets = self.events.put_targets(Rule=self.rule, EventBusName=self.bus, Targets=[{"Id": "queue", "Arn": arn}])
        assert targets["FailedEntryCount"] == 0, targets

    def changes_of(self, tenant, link_id):
        """The changes of a contact so far, in order, without duplicates."""
        received = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=2)
        for message in received.get("Messages", []):
            event = json.loads(message["Body"])
            assert (event["source"], event["detail-type"]) == ("contacts", "ContactChanged")
            self.seen[event["detail"]["eventID"]] = event["detail"]
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        changes = [change for change in self.seen.values() if is_of(change, tenant, link_id)]
        return sorted(changes, key=lambda change: int(change["dynamodb"]["SequenceNumber"]))

    def remove(self):
        self.events.remove_targets(Rule=self.rule, EventBusName=self.bus, Ids=["queue"])
        self.events.delete_rule(Name=self.rule, EventBusName=self.bus)
        self.sqs.delete_queue(QueueUrl=self.url)


def is_of(change, tenant, link_id):
    record = change["dynamodb"]
    image = record.get("NewImage") or record.get("OldImage")
    return image["link_id"]["S"] == link_id and record["Keys"]["pk"]["S"].startswith(f"{tenant}#CONTACT#")


@pytest.fixture
def listener(stack):
    if not stack.publishes_changes:
        pytest.skip("the stack is deployed with PublishChanges=false")
    listener = Listener(stack)
    yield listener
    listener.remove()


def test_each_change_is_published_with_both_images(listener, tenant, ann):
    contact_id = tenant.upsert([ann])[0]["contact_id"]
    tenant.upsert([{**ann, "contact_desc": "new"}])
    tenant.upsert([{**ann, "contact_desc": "new"}])  # changes nothing, so nothing is published
    tenant.upsert([{**ann, "contact_desc": None, "contact_email": "ann@example.com"}])
    assert tenant.delete([{"link_id": ann["link_id"]}]).status == 200

    changes = eventually(
        lambda: (found := listener.changes_of(tenant.name, ann["link_id"]))[3:] and found,
        SECONDS,
        "four changes of a contact are published",
    )
    assert [change["eventName"] for change in changes] == ["INSERT", "MODIFY", "MODIFY", "REMOVE"]
    images = [(fields(change, "OldImage"), fields(change, "NewImage")) for change in changes]
    created, described = (None, None), ("new", None)
    with_email = (None, "ann@example.com")
    assert images == [(None, created), (created, described), (described, with_email), (with_email, None)]
    for change in changes:
        assert change["dynamodb"]["Keys"]["sk"]["S"] == str(contact_id)


def fields(change, image):
    """The description and the email address in an image; None without an image."""
    attributes = change["dynamodb"].get(image)
    if not attributes:
        return None
    return tuple(attributes.get(name, {}).get("S") for name in ("contact_desc", "contact_email"))
