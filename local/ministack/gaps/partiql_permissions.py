"""IAM's actions for PartiQL statements.

AWS authorizes each statement by its own action, such as dynamodb:PartiQLInsert on the statement's table. There is no
action BatchExecuteStatement:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html

MiniStack requires dynamodb:BatchExecuteStatement, which no policy for AWS grants. The stand-in requires the actions of
the statements, as MiniStack does for the items of transactions. MiniStack itself evaluates the policies.
"""

import json

from ministack.core import iam_actions
from ministack.services import dynamodb

from in_process import allow, client, deploy, table

# The member of the request that holds the statements.
STATEMENTS = {"BatchExecuteStatement": "Statements", "ExecuteTransaction": "TransactStatements"}
ACTIONS = {
    "INSERT": "dynamodb:PartiQLInsert",
    "UPDATE": "dynamodb:PartiQLUpdate",
    "DELETE": "dynamodb:PartiQLDelete",
    "SELECT": "dynamodb:PartiQLSelect",
}


def fill():
    transaction_checks = iam_actions.dynamodb_transaction_checks

    def checks(iam_action, body, region, account):
        operation = iam_action.removeprefix("dynamodb:")
        if operation == "ExecuteStatement":
            statements = [json.loads(body)]
        elif operation in STATEMENTS:
            statements = json.loads(body)[STATEMENTS[operation]]
        else:
            return transaction_checks(iam_action, body, region, account)
        found = set()
        for statement in statements:
            try:
                parsed = dynamodb._parse_partiql(statement["Statement"], statement.get("Parameters", []))
            except ValueError:
                # DynamoDB rejects it, whatever permissions the caller has.
                continue
            resource = iam_actions._dynamodb_table_arn(parsed["table"], region, account)
            found.add((ACTIONS[parsed["op"]], resource))
        return sorted(found)

    iam_actions.dynamodb_transaction_checks = checks


def is_missing():
    insert = {
        "PolicyName": "insert",
        "PolicyDocument": allow(("dynamodb:PartiQLInsert", {"Fn::GetAtt": ["Table", "Arn"]})),
    }
    resources = {
        "Table": table(TableName="probe"),
        "User": {"Type": "AWS::IAM::User", "Properties": {"UserName": "probe", "Policies": [insert]}},
    }
    deploy(resources)
    key = client("iam").create_access_key(UserName="probe")["AccessKey"]
    tables = client("dynamodb", key["AccessKeyId"], key["SecretAccessKey"])
    may_insert = _may(tables, """INSERT INTO "probe" VALUE {'pk': 'a', 'n': 1}""")
    may_update = _may(tables, """UPDATE "probe" SET n = 2 WHERE pk = 'a'""")
    return not may_insert or may_update


def _may(tables, statement):
    try:
        tables.batch_execute_statement(Statements=[{"Statement": statement}])
        return True
    except tables.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return False
