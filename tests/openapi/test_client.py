"""The client that openapi-python-client generates, on a running stack: it sends what its user said and no more, and every
answer has its type.
"""

import json
import os
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jsonschema
import pytest
import yaml
from contacts_client import AuthenticatedClient
from contacts_client.api.contacts import (
    delete_account_contacts,
    delete_account_contacts_by_post,
    upsert_contacts,
)
from contacts_client.models import (
    AppliedItem,
    ContactChanged,
    ContactItem,
    ContactModified,
    DeleteAnswer,
    DeleteByAccountCode,
    DeletedContact,
    DeleteFailure,
    DeleteNotFound,
    DeleteRejected,
    Error,
    GatewayError,
    ReferenceByLinkId,
    RejectedItem,
    Upsert,
    UpsertAnswer,
    ValidationFailed,
)

URL = os.environ["CONTACTS_URL"]
TENANT = os.environ["CONTACTS_TENANT"]
TOKEN = os.environ["CONTACTS_TOKEN"]
ACCOUNT = "openapi-python"


class Recorder:
    """A client, and the bodies that it sent."""

    def __init__(self, token: str = TOKEN, url: str = URL, path: str | None = None) -> None:
        self.bodies: list[object] = []
        self.path = path
        hooks = {"request": [self.record]}
        self.client = AuthenticatedClient(url, token, httpx_args={"event_hooks": hooks}, timeout=httpx.Timeout(60))

    def record(self, request: httpx.Request) -> None:
        """Keeps the body, and replaces the path if another one is set."""
        self.bodies.append(json.loads(request.content))
        if self.path is not None:
            request.url = request.url.copy_with(path=self.path)

    def upsert(self, *items: ContactItem) -> list[AppliedItem | RejectedItem]:
        body = Upsert(account_code=ACCOUNT, list_items=list(items))
        answer = upsert_contacts.sync(client=self.client, body=body)
        assert isinstance(answer, UpsertAnswer), answer
        return answer.result


def deletion(*link_ids: UUID, account: str = ACCOUNT) -> DeleteByAccountCode:
    return DeleteByAccountCode(
        tenant=TENANT, account_code=account, contacts=[ReferenceByLinkId(link_id=link_id) for link_id in link_ids]
    )


def applied(result: AppliedItem | RejectedItem) -> AppliedItem:
    assert isinstance(result, AppliedItem), result
    return result


def deleted(recorder: Recorder, link_id: UUID) -> DeletedContact:
    """Deletes a contact, and returns it as it was stored."""
    answer = delete_account_contacts_by_post.sync(client=recorder.client, body=deletion(link_id))
    assert isinstance(answer, DeleteAnswer), answer
    assert answer.processing_result.code == 0
    return answer.delete_account_contacts.response.deleted_contacts[0]


def answering(status: int, body: dict[str, Any]) -> AuthenticatedClient:
    """A client whose requests all get this answer."""
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    return AuthenticatedClient(URL, TOKEN, httpx_args={"transport": transport})


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def test_update_sends_one_field_and_keeps_the_others(recorder: Recorder) -> None:
    link_id = uuid4()
    created = ContactItem(
        link_id=link_id, contact_name="Ann", contact_mobile_num="067_1", contact_type="tech_spec", contact_desc="old"
    )
    assert applied(recorder.upsert(created)[0]).extended_info.value == "created"

    update = Upsert(list_items=[ContactItem(link_id=link_id, contact_email="ann@example.com")])
    answer = upsert_contacts.sync(client=recorder.client, body=update)

    sent = {"list_items": [{"link_id": str(link_id), "contact_email": "ann@example.com"}]}
    assert recorder.bodies[-1] == sent
    assert isinstance(answer, UpsertAnswer)
    result = applied(answer.result[0])
    assert (result.extended_info.value, result.changed) == ("updated", True)
    contact = deleted(recorder, link_id)
    assert (contact.contact_type, contact.contact_email, contact.contact_desc) == ("tech_spec", "ann@example.com", "old")


def test_null_is_sent_and_clears_a_field(recorder: Recorder) -> None:
    link_id = uuid4()
    recorder.upsert(ContactItem(link_id=link_id, contact_name="Ann", contact_mobile_num=671, contact_desc="old"))
    recorder.upsert(ContactItem(link_id=link_id, contact_desc=None))
    items = [{"link_id": str(link_id), "contact_desc": None}]
    assert recorder.bodies[-1] == {"account_code": ACCOUNT, "list_items": items}
    contact = deleted(recorder, link_id)
    assert (contact.contact_desc, contact.contact_mobile_num) == (None, "671")


def test_delete_sends_only_what_was_given(recorder: Recorder) -> None:
    link_id = uuid4()
    recorder.upsert(ContactItem(link_id=link_id, contact_name="Ann", contact_mobile_num="067_1"))
    answer = delete_account_contacts.sync(client=recorder.client, body=deletion(link_id))
    assert isinstance(answer, DeleteAnswer)
    sent = {"tenant": TENANT, "account_code": ACCOUNT, "contacts": [{"link_id": str(link_id)}]}
    assert recorder.bodies[-1] == answer.delete_account_contacts.request == sent


def test_success_tells_applied_from_rejected_items(recorder: Recorder) -> None:
    results = recorder.upsert(
        ContactItem(contact_name="Bob", contact_mobile_num="067_2", contact_email="bob"),
        ContactItem(contact_id=9007199254740991, contact_name="Bob"),
    )
    errors = [(item.code.value, item.param) for item in results if not item.success]
    assert errors == [("invalid_value", "contact_email"), ("not_found", "contact_id")]
    assert [result.extended_info.value for result in results] == ["invalid_entity_data", "entity_not_found"]


def test_validate_only_writes_nothing(recorder: Recorder) -> None:
    item = ContactItem(link_id=uuid4(), contact_name="Ann", contact_mobile_num="067_1")
    body = Upsert(account_code=ACCOUNT, list_items=[item], validate_only=True)
    for _ in range(2):
        answer = upsert_contacts.sync(client=recorder.client, body=body)
        assert isinstance(answer, UpsertAnswer)
        assert applied(answer.result[0]).extended_info.value == "created"


def test_request_with_its_key_gets_its_answer_again(recorder: Recorder) -> None:
    key, link_id = str(uuid4()), uuid4()
    item = ContactItem(link_id=link_id, contact_name="Ann", contact_mobile_num="067_1")
    body = Upsert(account_code=ACCOUNT, list_items=[item])
    answers = [upsert_contacts.sync(client=recorder.client, body=body, idempotency_key=key) for _ in range(2)]
    assert answers[0] == answers[1]
    body = Upsert(account_code=ACCOUNT, list_items=[ContactItem(link_id=link_id, contact_name="Bob")])
    response = upsert_contacts.sync_detailed(client=recorder.client, body=body, idempotency_key=key)
    assert (response.status_code, type(response.parsed)) == (422, Error)

    answers_to_delete = [
        delete_account_contacts_by_post.sync(client=recorder.client, body=deletion(link_id), idempotency_key=key)
        for _ in range(2)
    ]
    assert isinstance(answers_to_delete[0], DeleteAnswer)
    assert answers_to_delete[0] == answers_to_delete[1]


def test_refused_upsert_is_an_error_of_its_status() -> None:
    def refused(client: AuthenticatedClient, key: str = "key") -> tuple[int, str]:
        body = Upsert(list_items=[])
        response = upsert_contacts.sync_detailed(client=client, body=body, idempotency_key=key)
        assert isinstance(response.parsed, Error), response
        return response.status_code.value, response.parsed.error

    count = "Wrong JSON body: value `list_items` must hold 1 to 10000 items"
    assert refused(Recorder().client) == (400, count)
    key = "the header `Idempotency-Key` must be 1 to 255 visible ASCII characters"
    assert refused(Recorder().client, key="no key") == (400, key)
    assert refused(Recorder(token="zegoal.unknown").client) == (401, "Log In")
    assert refused(Recorder(url=f"{URL}/v1").client)[0] == 404


def test_refused_delete_has_the_type_of_its_code(recorder: Recorder) -> None:
    ours, unknown = uuid4(), uuid4()
    recorder.upsert(ContactItem(link_id=ours, contact_name="Ann", contact_mobile_num="067_1"))
    codes: list[tuple[int, str]] = []
    for body in [deletion(ours, account="unknown"), deletion(), deletion(ours, ours)]:
        answer = delete_account_contacts_by_post.sync(client=recorder.client, body=body)
        assert isinstance(answer, DeleteRejected), answer
        codes.append((answer.processing_result.code, type(answer.processing_result).__name__))
        if isinstance(answer.processing_result, ValidationFailed):
            detail = answer.processing_result.details[0]
            assert (detail.param, detail.code.value) == ("account_id, account_code, account_name", "not_found")
    for body in [deletion(unknown), deletion(ours, unknown)]:
        answer = delete_account_contacts_by_post.sync(client=recorder.client, body=body)
        assert isinstance(answer, DeleteNotFound), answer
        codes.append((answer.processing_result.code, type(answer.processing_result).__name__))
    names = ["ValidationFailed", "NoContacts", "TooManyContacts", "NoneFound", "NotAllFound"]
    assert codes == list(enumerate(names, start=1))


def test_missing_right_and_unknown_method_are_errors() -> None:
    for recorder, status in [
        (Recorder(token=os.environ["CONTACTS_UPSERT_TOKEN"]), 403),
        (Recorder(path="/contacts/delete"), 405),
    ]:
        response = delete_account_contacts.sync_detailed(client=recorder.client, body=deletion(uuid4()))
        assert (response.status_code, type(response.parsed)) == (status, Error)


@pytest.mark.parametrize("status", [413, 429, 500, 503])
def test_answer_of_api_gateway_has_its_own_type(status: int) -> None:
    client = answering(status, {"message": "by API Gateway"})
    for answer in [
        upsert_contacts.sync(client=client, body=Upsert(list_items=[])),
        delete_account_contacts.sync(client=client, body=deletion(uuid4())),
    ]:
        assert isinstance(answer, GatewayError), answer


def test_partial_delete_lists_the_deleted_contacts(recorder: Recorder) -> None:
    link_id = uuid4()
    recorder.upsert(ContactItem(link_id=link_id, contact_name="Ann", contact_mobile_num="067_1"))
    contact = deleted(recorder, link_id)
    body = {"error": "the service is busy", "deleted_contacts": [contact.to_dict()]}
    client = answering(503, body)
    answer = delete_account_contacts.sync(client=client, body=deletion(link_id))
    assert isinstance(answer, DeleteFailure), answer
    assert answer.deleted_contacts == [contact]


def read(variable: str) -> Any:
    """Returns the content of the YAML or JSON file that a variable names."""
    return yaml.safe_load(Path(os.environ[variable]).read_text())


def test_no_schema_has_a_default_that_clients_would_send() -> None:
    assert "default" not in names(read("CONTACTS_OPENAPI")["components"]["schemas"])


def names(value: Any) -> set[str]:
    """The names of all objects in a JSON value."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return set(value if isinstance(value, dict) else []).union(*map(names, parts))


def test_sample_event_fits_its_schema_and_its_type() -> None:
    event, document = read("CONTACTS_EVENT"), read("CONTACTS_OPENAPI")
    published = document["webhooks"]["contactChanged"]["post"]["requestBody"]["content"]["application/json"]
    assert published["example"] == event
    schema = {"$ref": "#/components/schemas/ContactChanged", "components": document["components"]}
    jsonschema.validate(event, schema, jsonschema.Draft202012Validator)
    change = ContactChanged.from_dict(event).detail
    assert isinstance(change, ContactModified)
    assert change.dynamodb.old_image.contact_name.s == "Ann"
