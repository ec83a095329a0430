"""What the store relies on at DynamoDB, asked of the real table: emulators answer some of it in their own way.

The items lie in the partition of an account of the run's tenant, where no listing looks for contacts.
"""

import pytest


@pytest.fixture
def table(stack, tenant):
    """Runs statements on one item of the tenant's, which is removed afterwards."""
    client, name = stack.client("dynamodb"), stack.outputs["TableName"]
    key = {"pk": {"S": f"{tenant.name}#TEST"}, "sk": {"S": "1"}}

    class Table:
        def item(self):
            return client.get_item(TableName=name, Key=key, ConsistentRead=True).get("Item")

        def run(self, statement, *parameters):
            """Runs one statement in a batch, and returns its response and the units consumed."""
            answer = client.batch_execute_statement(
                Statements=[
                    {
                        "Statement": statement.format(table=f'"{name}"'),
                        "Parameters": [*parameters],
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                ],
                ReturnConsumedCapacity="TOTAL",
            )
            units = sum(one["CapacityUnits"] for one in answer.get("ConsumedCapacity", []))
            return answer["Responses"][0], units

        def insert(self):
            return self.run(
                "INSERT INTO {table} VALUE {{'pk': ?, 'sk': ?, 'a': ?, 'b': ?}}",
                key["pk"], key["sk"], {"S": "1"}, {"S": "2"},
            )

        def update(self, changes, condition, *parameters):
            return self.run(
                f"UPDATE {{table}} {changes} WHERE pk = ? AND sk = ? AND {condition}", *parameters
            )

    yield Table(), key
    client.delete_item(TableName=name, Key=key)


def test_partiql_update_takes_set_and_remove_together(table, report):
    table, key = table
    table.insert()
    response, units = table.update("SET a=? REMOVE b", "a = ?", {"S": "3"}, key["pk"], key["sk"], {"S": "1"})
    report("A PartiQL UPDATE with SET and REMOVE", response.get("Error") or f"done, {units:g} units")
    assert "Error" not in response
    assert table.item() == {**key, "a": {"S": "3"}}


def test_refused_statements_say_why(table, report):
    table, key = table
    table.insert()
    response, units = table.insert()
    error = response["Error"]
    report("An INSERT of an item that is there", f"{error['Code']}, {units:g} units")
    report("... with ReturnValuesOnConditionCheckFailure", "the old item" if "Item" in error else "no item")
    assert error["Code"] == "DuplicateItem"
    response, units = table.update("SET a=?", "a = ?", {"S": "3"}, key["pk"], key["sk"], {"S": "wrong"})
    error = response["Error"]
    report("An UPDATE whose condition fails", f"{error['Code']}, {units:g} units")
    report("... with ReturnValuesOnConditionCheckFailure", "the old item" if "Item" in error else "no item")
    assert error["Code"] == "ConditionalCheckFailed"


def test_written_statements_cost_one_unit_a_kilobyte(table, report):
    table, _ = table
    response, units = table.insert()
    assert "Error" not in response
    report("An INSERT of a small item", f"{units:g} units")
    assert units == 1
