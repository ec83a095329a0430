"""The HTTP API."""

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


def test_post_deletes_and_returns_the_deleted_contacts(tenant, ann):
    tenant.upsert([ann])
    response = tenant.delete([{"link_id": ann["link_id"]}])
    assert response.status == 200
    assert response.body["processing_result"] == {"text": "success", "status": "ok", "code": 0}
    deleted = response.body["DeleteAccountContacts"]["response"]["deleted_contacts"]
    assert [contact["link_id"] for contact in deleted] == [ann["link_id"]]
    assert ann["link_id"] not in tenant.contacts("ACME")


def test_delete_method_accepts_the_same_body(stack, tenant, ann):
    tenant.upsert([ann])
    body = tenant.deletion([{"link_id": ann["link_id"]}])
    assert stack.request("DELETE", "/contacts", body, tenant.token).status == 200
    assert tenant.delete([{"link_id": ann["link_id"]}]).status == 404


def test_repeated_delete_with_a_key_gets_the_same_answer(stack, tenant, ann):
    tenant.upsert([ann])
    body, key = tenant.deletion([{"link_id": ann["link_id"]}]), str(uuid.uuid4())
    first, again = [stack.request("DELETE", "/contacts", body, tenant.token, key) for _ in range(2)]
    assert (first.status, first.body) == (200, again.body)


def test_requests_without_a_token_get_401(stack, tenant, ann):
    for token in (None, f"{tenant.name}.wrong"):
        response = stack.request("POST", "/contacts", tenant.upsertion([ann]), token)
        assert (response.status, response.body) == (401, {"error": "Log In"})


def test_token_without_the_right_gets_403(stack, tenant, ann):
    token = tenant.issue("upsert")
    response = stack.request("POST", "/contacts/delete", tenant.deletion([{"link_id": ann["link_id"]}]), token)
    assert response.status == 403
    assert "delete" in response.body["error"]


def test_unknown_routes_and_methods_get_404_and_405(stack, tenant):
    for method, path, status in (("POST", "/nothing", 404), ("PUT", "/contacts", 405)):
        response = stack.request(method, path, {}, tenant.token)
        assert response.status == status
        assert list(response.body) == ["error"]
        assert response.headers["x-request-id"]


def test_10_000_items_are_created_and_deleted_in_one_request(tenant):
    items = numbered(10_000)
    results = tenant.upsert(items, "ten-thousand")
    assert [result["link_id"] for result in results] == [item["link_id"] for item in items]
    assert {result["extended_info"] for result in results} == {"created"}
    assert {result["extended_info"] for result in tenant.upsert(items, "ten-thousand")} == {"updated"}
    assert tenant.contacts("ten-thousand").keys() == {item["link_id"] for item in items}
    response = tenant.delete([{"contact_id": result["contact_id"]} for result in results], "ten-thousand")
    assert response.status == 200, response.body
    assert tenant.contacts("ten-thousand") == {}


def test_body_that_is_not_utf_8_gets_a_response(tenant, report):
    # API Gateway may send the function the bytes in base64, or a text with replacement characters.
    response = tenant.post("/contacts", b'{"list_items": [{"contact_name": "\xff\xfe"}]}')
    report("A body that isn't UTF-8", f"{response.status} {response.body}")
    assert response.status in (200, 400)
    assert response.status == 400 or not response.body["result"][0]["success"]
