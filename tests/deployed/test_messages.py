"""SQS messages and EventBridge events, up to the dead letters.

What will never go through is sent before anything else is waited for, because SQS takes a quarter of an hour to give
a message up; the last tests of this module wait for it.
"""

import json
import uuid

import pytest
from stack import eventually

# Five deliveries 174 seconds apart, and Lambda's polling in between.
DEAD_LETTER_SECONDS = 1200
DELIVERY_SECONDS = 120

# SQS's limit of 1 MiB holds the request, and what Lambda adds to it.
LARGE_REQUEST_LEN = 900_000


class Queue:
    """A queue of the stack."""

    def __init__(self, stack, output):
        self.sqs, self.url = stack.client("sqs"), stack.outputs[output]

    def send(self, body):
        text = body if isinstance(body, str) else json.dumps(body)
        return self.sqs.send_message(QueueUrl=self.url, MessageBody=text)["MessageId"]

    def take(self, marker):
        """Removes a message that has the marker in its body, and returns the body. Others stay as they are."""
        received = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=2, VisibilityTimeout=5
        )
        for message in received.get("Messages", []):
            if marker in message["Body"]:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
                return message["Body"]
        return None


class Bus:
    """The stack's event bus."""

    def __init__(self, stack):
        self.events, self.name = stack.client("events"), stack.outputs["BusName"]

    def put(self, detail_type, detail):
        entry = {"EventBusName": self.name, "Source": "test", "DetailType": detail_type, "Detail": json.dumps(detail)}
        answer = self.events.put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0, answer


@pytest.fixture(scope="module")
def doomed(stack, tenant):
    """Sends what must end in the dead letters; returns each one's marker."""
    if stack.emulator:
        # Deliveries two seconds apart, instead of three minutes.
        for output in ("UpsertQueueUrl", "DeleteQueueUrl"):
            queue = Queue(stack, output)
            queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"VisibilityTimeout": "2"})
    markers = {
        name: uuid.uuid4().hex
        for name in ("bad item", "not JSON", "bad delete", "bad event", "bad delete event", "bad large invoke")
    }
    good = {"contact_name": "Ann", "contact_mobile_num": "067_1"}

    def bad(name):
        return {**good, "contact_name": markers[name], "contact_type": "no such type"}

    upserts, deletes, bus = Queue(stack, "UpsertQueueUrl"), Queue(stack, "DeleteQueueUrl"), Bus(stack)
    upserts.send(tenant.upsertion([bad("bad item"), {**good, "link_id": str(uuid.UUID(markers["bad item"]))}]))
    upserts.send("{" + markers["not JSON"])
    deletes.send(tenant.deletion([{"link_id": str(uuid.uuid4())}], markers["bad delete"]))
    bus.put("UpsertContacts", tenant.upsertion([bad("bad event")]))
    bus.put("DeleteAccountContacts", tenant.deletion([{"link_id": str(uuid.uuid4())}], markers["bad delete event"]))
    # A delete's error repeats its request, so this one has to be shortened to be a dead letter at all.
    contacts = [{"link_id": str(uuid.uuid4())} for _ in range(LARGE_REQUEST_LEN // 55)]
    stack.invoke_asynchronously("Delete", tenant.deletion(contacts[:10_000], markers["bad large invoke"]))
    return markers


def test_messages_upsert_and_delete(stack, tenant, ann, doomed):
    Queue(stack, "UpsertQueueUrl").send(tenant.upsertion([ann], "queue"))
    eventually(lambda: ann["link_id"] in tenant.contacts("queue"), DELIVERY_SECONDS, "a message's contact is stored")
    Queue(stack, "DeleteQueueUrl").send(tenant.deletion([{"link_id": ann["link_id"]}], "queue"))
    eventually(lambda: not tenant.contacts("queue"), DELIVERY_SECONDS, "a message's contact is deleted")


def test_events_upsert_and_delete(stack, tenant, ann, doomed):
    Bus(stack).put("UpsertContacts", tenant.upsertion([ann], "bus"))
    eventually(lambda: ann["link_id"] in tenant.contacts("bus"), DELIVERY_SECONDS, "an event's contact is stored")
    Bus(stack).put("DeleteAccountContacts", tenant.deletion([{"link_id": ann["link_id"]}], "bus"))
    eventually(lambda: not tenant.contacts("bus"), DELIVERY_SECONDS, "an event's contact is deleted")


def test_good_items_beside_a_bad_one_are_stored(tenant, doomed):
    link_id = str(uuid.UUID(doomed["bad item"]))
    eventually(lambda: link_id in tenant.contacts("ACME"), DELIVERY_SECONDS, "the good item is stored")


@pytest.mark.parametrize(
    ("letter", "output"),
    [
        ("bad item", "UpsertDeadLettersUrl"),
        ("not JSON", "UpsertDeadLettersUrl"),
        ("bad delete", "DeleteDeadLettersUrl"),
        ("bad event", "EventDeadLettersUrl"),
        ("bad delete event", "EventDeadLettersUrl"),
        ("bad large invoke", "EventDeadLettersUrl"),
    ],
)
def test_what_never_goes_through_ends_in_the_dead_letters(stack, doomed, waits, letter, output):
    queue = Queue(stack, output)
    body = eventually(lambda: queue.take(doomed[letter]), DEAD_LETTER_SECONDS, f"the dead letter of the {letter}")
    assert len(body.encode()) <= 1_048_576


def test_nothing_else_is_in_the_dead_letters(stack, tenant, doomed, waits):
    """Each was delivered to the dead letters once, and no good message is among them."""
    for output in ("UpsertDeadLettersUrl", "DeleteDeadLettersUrl", "EventDeadLettersUrl"):
        body = Queue(stack, output).take(tenant.name)
        assert body is None, body
