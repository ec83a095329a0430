"""Behaviour of DynamoDB that the store relies on, on the table of the stack. Emulators differ in some of it.

The items are in a partition of the run's tenant that the service doesn't read.
"""

import pytest


class Item:
    """An item of the run's tenant in the stack's table, and PartiQL statements on it."""

    def __init__(self, stack, tenant):
        self.client, self.table = stack.client("dynamodb"), stack.outputs["TableName"]
        self.key = {"pk": {"S": f"{tenant.name}#TEST"}, "sk": {"S": "1"}}

    def read(self):
        return self.client.get_item(TableName=self.table, Key=self.key, ConsistentRead=True).get("Item")

    def insert(self):
        statement = f"INSERT INTO \"{self.table}\" VALUE {{'pk': ?, 'sk': ?, 'a': ?, 'b': ?}}"
        return self._run(statement, *self.key.values(), {"S": "1"}, {"S": "2"})

    def update(self, changes, new, old):
        """Changes the item if its `a` is `old`. `changes` has one placeholder, for `new`."""
        statement = f'UPDATE "{self.table}" {changes} WHERE pk = ? AND sk = ? AND a = ?'
        return self._run(statement, {"S": new}, *self.key.values(), {"S": old})

    def remove(self):
        self.client.delete_item(TableName=self.table, Key=self.key)

    def _run(self, statement, *parameters):
        """Runs one statement in a batch, and returns its response and the consumed units."""
        statement = {
            "Statement": statement,
            "Parameters": parameters,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        response = self.client.batch_execute_statement(Statements=[statement], ReturnConsumedCapacity="TOTAL")
        units = sum(one["CapacityUnits"] for one in response.get("ConsumedCapacity", []))
        return response["Responses"][0], units


@pytest.fixture
def item(stack, tenant):
    item = Item(stack, tenant)
    yield item
    item.remove()


def test_partiql_update_accepts_set_and_remove_together(item, report):
    item.insert()
    response, units = item.update("SET a=? REMOVE b", new="3", old="1")
    report("A PartiQL UPDATE with SET and REMOVE", response.get("Error") or f"done, {units:g} units")
    assert "Error" not in response
    assert item.read() == {**item.key, "a": {"S": "3"}}


def test_refused_statements_return_their_reason(item, report):
    item.insert()
    response, units = item.insert()
    reported = report_refusal(report, "An INSERT of an item that is there", response, units)
    assert reported == "DuplicateItem"
    response, units = item.update("SET a=?", new="3", old="wrong")
    reported = report_refusal(report, "An UPDATE whose condition fails", response, units)
    assert reported == "ConditionalCheckFailed"


def report_refusal(report, what, response, units):
    error = response["Error"]
    report(what, f"{error['Code']}, {units:g} units")
    report("... with ReturnValuesOnConditionCheckFailure", "the old item" if "Item" in error else "no item")
    return error["Code"]


def test_insert_of_a_small_item_consumes_one_write_unit(item, report):
    response, units = item.insert()
    assert "Error" not in response
    report("An INSERT of a small item", f"{units:g} units")
    assert units == 1
