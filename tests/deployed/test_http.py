"""The HTTP API, as its callers use it."""

import uuid


def numbered(count):
    return [
        {"link_id": str(uuid.uuid4()), "contact_name": f"Contact {number}", "contact_mobile_num": number}
        for number in range(1, count + 1)
    ]


def test_upsert_creates_then_updates(tenant, ann):
    created = tenant.upsert([ann])[0]
    assert (created["extended_info"], created["link_id"]) == ("created", ann["link_id"])
    updated = tenant.upsert([{**ann, "contact_desc": "x"}])[0]
    assert updated == {**created, "extended_info": "updated"}


def test_post_deletes_and_tells_what_was_deleted(tenant, ann):
    tenant.upsert([ann])
    answer = tenant.delete([{"link_id": ann["link_id"]}])
    assert answer.status == 200
    assert answer.body["processing_result"] == {"text": "success", "status": "ok", "code": 0}
    deleted = answer.body["DeleteAccountContacts"]["response"]["deleted_contacts"]
    assert [contact["link_id"] for contact in deleted] == [ann["link_id"]]
    assert ann["link_id"] not in tenant.contacts("ACME")


def test_delete_method_takes_the_same_body(stack, tenant, ann):
    tenant.upsert([ann])
    body = tenant.deletion([{"link_id": ann["link_id"]}])
    assert stack.request("DELETE", "/contacts", body, tenant.token).status == 200
    assert tenant.delete([{"link_id": ann["link_id"]}]).status == 404


def test_requests_without_a_token_get_401(stack, tenant, ann):
    for token in (None, f"{tenant.name}.wrong"):
        answer = stack.request("POST", "/contacts", tenant.upsertion([ann]), token)
        assert (answer.status, answer.body) == (401, {"error": "Log In"})


def test_token_without_the_right_gets_403(stack, tenant, ann):
    token = tenant.issue("upsert")
    answer = stack.request("POST", "/contacts/delete", tenant.deletion([{"link_id": ann["link_id"]}]), token)
    assert answer.status == 403
    assert "delete" in answer.body["error"]


def test_unknown_routes_and_methods_get_the_services_answer(stack, tenant):
    for method, path, status in (("POST", "/nothing", 404), ("PUT", "/contacts", 405)):
        answer = stack.request(method, path, {}, tenant.token)
        assert answer.status == status
        assert list(answer.body) == ["error"]
        assert answer.headers["x-request-id"]


def test_ten_thousand_items_are_created_in_one_call_then_deleted_in_one(tenant):
    items = numbered(10_000)
    results = tenant.upsert(items, "ten-thousand")
    assert [result["link_id"] for result in results] == [item["link_id"] for item in items]
    assert {result["extended_info"] for result in results} == {"created"}
    assert {result["extended_info"] for result in tenant.upsert(items, "ten-thousand")} == {"updated"}
    assert tenant.contacts("ten-thousand").keys() == {item["link_id"] for item in items}
    answer = tenant.delete([{"contact_id": result["contact_id"]} for result in results], "ten-thousand")
    assert answer.status == 200, answer.body
    assert tenant.contacts("ten-thousand") == {}


def test_body_that_is_not_utf_8_is_answered(tenant, report):
    # What reaches the function depends on API Gateway: the bytes in base64, or text with replacement characters.
    answer = tenant.post("/contacts", b'{"list_items": [{"contact_name": "\xff\xfe"}]}')
    report("A body that isn't UTF-8", f"{answer.status} {answer.body}")
    assert answer.status in (200, 400)
    assert answer.status == 400 or not answer.body["result"][0]["success"]
