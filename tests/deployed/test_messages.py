"""SQS messages and EventBridge events, and their dead-letter queues.

SQS retries a message for a quarter of an hour on AWS. So the messages that always fail are sent first, and the last
tests of this module wait until they are in the dead-letter queues.
"""

import json
import uuid

import pytest
from stack import WAITS, eventually

# Five deliveries 174 seconds apart, and the intervals of Lambda's polling.
DEAD_LETTER_SECONDS = 1200
DELIVERY_SECONDS = 120

# Below SQS's limit of 1 MiB, with room for what Lambda adds to the request.
LARGE_REQUEST_LEN = 900_000


class Queue:
    """A queue of the stack."""

    def __init__(self, stack, output):
        self.sqs, self.url = stack.client("sqs"), stack.outputs[output]

    def send(self, body):
        text = body if isinstance(body, str) else json.dumps(body)
        return self.sqs.send_message(QueueUrl=self.url, MessageBody=text)["MessageId"]

    def take(self, marker):
        """Removes a message with the marker in its body, and returns the body. Other messages stay in the queue."""
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
        response = self.events.put_events(Entries=[entry])
        assert response["FailedEntryCount"] == 0, response


@pytest.fixture(scope="module")
def failing(stack, tenant):
    """Sends messages and events that always fail; returns the marker of each. With `WAIT=no` it sends none, because their
    dead letters would stay."""
    if not WAITS:
        return None
    if stack.emulator:
        # Deliveries two seconds apart instead of three minutes.
        for output in ("UpsertQueueUrl", "DeleteQueueUrl"):
            queue = Queue(stack, output)
            queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"VisibilityTimeout": "2"})
    markers = {
        name: uuid.uuid4().hex
        for name in ("bad item", "not JSON", "bad delete", "bad event", "bad delete event", "bad large invoke")
    }
    valid = {"contact_name": "Ann", "contact_mobile_num": "067_1"}

    def bad(name):
        return {**valid, "contact_name": markers[name], "contact_type": "no such type"}

    upserts, deletes, bus = Queue(stack, "UpsertQueueUrl"), Queue(stack, "DeleteQueueUrl"), Bus(stack)
    upserts.send(tenant.upsertion([bad("bad item"), {**valid, "link_id": str(uuid.UUID(markers["bad item"]))}]))
    upserts.send("{" + markers["not JSON"])
    deletes.send(tenant.deletion([{"link_id": str(uuid.uuid4())}], markers["bad delete"]))
    bus.put("UpsertContacts", tenant.upsertion([bad("bad event")]))
    bus.put("DeleteAccountContacts", tenant.deletion([{"link_id": str(uuid.uuid4())}], markers["bad delete event"]))
    # The error of a delete repeats its request. The function must shorten it, or the dead letter exceeds SQS's limit.
    contacts = [{"link_id": str(uuid.uuid4())} for _ in range(LARGE_REQUEST_LEN // 55)]
    stack.invoke_asynchronously("Delete", tenant.deletion(contacts[:10_000], markers["bad large invoke"]))
    return markers


def test_messages_upsert_and_delete(stack, tenant, ann, failing):
    Queue(stack, "UpsertQueueUrl").send(tenant.upsertion([ann], "queue"))
    eventually(lambda: ann["link_id"] in tenant.contacts("queue"), DELIVERY_SECONDS, "a message's contact is stored")
    Queue(stack, "DeleteQueueUrl").send(tenant.deletion([{"link_id": ann["link_id"]}], "queue"))
    eventually(lambda: not tenant.contacts("queue"), DELIVERY_SECONDS, "a message's contact is deleted")


def test_events_upsert_and_delete(stack, tenant, ann, failing):
    Bus(stack).put("UpsertContacts", tenant.upsertion([ann], "bus"))
    eventually(lambda: ann["link_id"] in tenant.contacts("bus"), DELIVERY_SECONDS, "an event's contact is stored")
    Bus(stack).put("DeleteAccountContacts", tenant.deletion([{"link_id": ann["link_id"]}], "bus"))
    eventually(lambda: not tenant.contacts("bus"), DELIVERY_SECONDS, "an event's contact is deleted")


def test_valid_items_beside_an_invalid_one_are_stored(tenant, failing, waits):
    link_id = str(uuid.UUID(failing["bad item"]))
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
def test_failing_messages_end_in_the_dead_letter_queues(stack, failing, waits, letter, output):
    queue = Queue(stack, output)
    body = eventually(lambda: queue.take(failing[letter]), DEAD_LETTER_SECONDS, f"the dead letter of the {letter}")
    assert len(body.encode()) <= 1_048_576


def test_dead_letter_queues_have_no_other_messages(stack, tenant, failing, waits):
    """Each failed message is in a dead-letter queue once, and no successful one is."""
    for output in ("UpsertDeadLettersUrl", "DeleteDeadLettersUrl", "EventDeadLettersUrl"):
        body = Queue(stack, output).take(tenant.name)
        assert body is None, body
