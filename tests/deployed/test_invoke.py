"""Direct invokes of the aliases of the functions."""


def test_invoked_upsert_returns_one_result_per_item(stack, tenant, ann):
    error, result = stack.invoke("Upsert", tenant.upsertion([ann]))
    assert error is None
    assert [item["extended_info"] for item in result["result"]] == ["created"]


def test_invoked_delete_returns_the_envelope(stack, tenant, ann):
    tenant.upsert([ann])
    error, result = stack.invoke("Delete", tenant.deletion([{"link_id": ann["link_id"]}]))
    assert error is None
    assert result["processing_result"]["text"] == "success"


def test_refused_invokes_return_function_errors(stack, tenant, ann):
    error, _ = stack.invoke("Upsert", {"tenant": tenant.name})
    assert error == "Wrong JSON body"
    error, _ = stack.invoke("Delete", tenant.deletion([{"link_id": ann["link_id"]}], "ACME"))
    assert error == "contacts not found"
    error, _ = stack.invoke("Upsert", {"Records": [{"eventSource": "aws:s3"}]})
    assert error == "unknown event"


def test_invokes_require_an_existing_tenant(stack, ann):
    body = {"tenant": "no-such-tenant", "account_code": "ACME", "list_items": [ann]}
    error, _ = stack.invoke("Upsert", body)
    assert error == "Wrong JSON body"
