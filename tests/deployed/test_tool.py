"""The operator's tool on a deployed stack: its import, its export and the IAM policy that it needs."""

import csv
import uuid

import pytest


def test_export_after_import_has_the_same_contacts(tenant, tmp_path):
    rows = [
        {"link_id": str(uuid.uuid4()), "contact_name": f"Row {number}", "contact_mobile_num": f"067_{number}"}
        for number in range(2_500)
    ]
    source, exported = tmp_path / "people.csv", tmp_path / "exported.csv"
    with source.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    tenant.tool("import", str(source), "--account-code", "IMPORT", CONTACTS_TOKEN=tenant.token)
    tenant.tool("export", tenant.name, "--account-code", "IMPORT", "--output", str(exported))
    with exported.open(newline="") as file:
        stored = {row["link_id"]: row for row in csv.DictReader(file)}
    assert len(stored) == len(rows)
    for row in rows:
        assert {name: stored[row["link_id"]][name] for name in row} == row


def test_operator_policy_allows_every_call_of_the_tool(stack, tenant):
    if not stack.emulator:
        pytest.skip("would create an IAM user in your account")
    iam, name = stack.client("iam"), f"operator-{uuid.uuid4().hex[:12]}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    with pytest.raises(AssertionError, match="AccessDenied|not authorized|permission"):
        tenant.tool("tenant", "list", **keys)

    iam.attach_user_policy(UserName=name, PolicyArn=stack.outputs["OperatorPolicyArn"])
    tenant.tool("tenant", "add", name, **keys)
    tenant.tool("tenant", "set", name, "--time-zone", "Europe/Kiev", **keys)
    token = tenant.tool("token", "issue", name, "--label", "import", **keys).strip()
    tenant.tool("account", "add", name, "--id", "3", "--code", "ACME", **keys)
    body = {"account_code": "ACME", "list_items": [{"contact_name": "Ann", "contact_mobile_num": "067_1"}]}
    assert stack.request("POST", "/contacts", body, token).status == 200
    tenant.tool("tenant", "show", name, **keys)
    tenant.tool("tenant", "list", **keys)
    tenant.tool("account", "list", name, **keys)
    tenant.tool("contact", "list", name, "--account-code", "ACME", **keys)
    tenant.tool("export", name, **keys)
    token_id = tenant.tool("token", "list", name, "--json", **keys).split('"id":')[1].split('"')[1]
    tenant.tool("token", "revoke", name, token_id, **keys)
    tenant.tool("tenant", "delete", name, "--confirm", name, "--wait", "0", **keys)
