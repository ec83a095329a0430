"""A pipe's delivery to an event bus, and its filter.

AWS puts every stream record that matches a filter of the pipe on the bus: as an event with the Source and DetailType of
the target parameters and with the record as its detail:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html

MiniStack reads the stream, ignores filters and target parameters, and delivers to SNS and Step Functions only. The
stand-in filters records by MiniStack's filter for event source mappings, and puts them on the bus. It checks that the
pipe's role allows dynamodb:GetRecords on the stream and events:PutEvents on the bus. Records that can't be delivered stay
in the stream and are retried without limit: there are no dead letters, and no bisecting of batches.
"""

import json

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, iam, lambda_svc, pipes

from in_process import allow, client, deploy, eventually, receive, role, table
from provisioning import after


def fill():
    deliver = pipes._deliver_batch

    def keep_parameters(pipe, properties):
        kept = ("SourceParameters", "TargetParameters")
        pipes._pipes[pipe].update({name: properties.get(name) or {} for name in kept})

    def deliver_to_bus(pipe, batch):
        bus = pipe.get("Target", "")
        if pipes._arn_service(bus) != "events":
            return deliver(pipe, batch)
        if "TargetParameters" not in pipe:
            # The poller sees the pipe before `keep_parameters` does.
            return False
        needed = (("dynamodb:GetRecords", pipe["Source"]), ("events:PutEvents", bus))
        if not all(_role_allows(pipe, action, resource) for action, resource in needed):
            pipes.logger.warning("Pipe %s: its role %s does not allow the delivery", pipe["Name"], pipe["RoleArn"])
            return False
        target = pipe["TargetParameters"].get("EventBridgeEventBusParameters") or {}
        entries = [
            {
                "EventBusName": bus,
                "Source": target.get("Source"),
                "DetailType": target.get("DetailType"),
                "Detail": json.dumps(record),
            }
            for record in lambda_svc._apply_filter_criteria(batch, pipe["SourceParameters"])
        ]
        # PutEvents takes ten at most.
        return all(_put(eventbridge, entries[at : at + 10]) for at in range(0, len(entries), 10))

    after("AWS::Pipes::Pipe", keep_parameters)
    pipes._deliver_batch = deliver_to_bus


def _put(eventbridge, entries):
    status, _, body = eventbridge._put_events({"Entries": entries})
    return status == 200 and not json.loads(body)["FailedEntryCount"]


def _role_allows(pipe, action, resource):
    if not app.AUTH:
        return True
    name = pipe["RoleArn"].rsplit("/", 1)[-1]
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{get_account_id()}:assumed-role/{name}/{pipe['Name']}",
        principal_type="AssumedRole",
        principal_account=get_account_id(),
        action=action,
        resource_arn=resource,
        region=get_region(),
    )
    policies = iam_evaluator._gather_role_policies(name, get_account_id())
    boundary = iam_evaluator._permissions_boundary(iam._roles, name, get_account_id())
    return iam_evaluator.evaluate(context, policies, *boundary).decision == "Allow"


def is_missing():
    stream, bus = {"Fn::GetAtt": ["Table", "StreamArn"]}, {"Fn::GetAtt": ["Bus", "Arn"]}
    read, put = ("dynamodb:GetRecords", stream), ("events:PutEvents", bus)
    resources = {
        "Table": table(TableName="probe", StreamSpecification={"StreamViewType": "NEW_AND_OLD_IMAGES"}),
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "probe"}},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "EventPattern": {"source": ["probe"]},
                "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
            },
        },
        "Role": role({"Service": "pipes.amazonaws.com"}, allow(read, put)),
        "RoleWithoutPut": role({"Service": "pipes.amazonaws.com"}, allow(read)),
        # Polled before the other one, so its events, if it delivered any, would arrive first.
        "PipeWithoutPut": _pipe(stream, bus, "RoleWithoutPut", "Refused"),
        "Pipe": {**_pipe(stream, bus, "Role", "Changed"), "DependsOn": "PipeWithoutPut"},
    }
    queue = deploy(resources, {"Queue": {"Ref": "Queue"}})["Queue"]
    tables = client("dynamodb")
    old, new = ({"pk": {"S": "a"}, "link_id": {"S": "b"}, "n": {"N": n}} for n in ("1", "2"))
    tables.put_item(TableName="probe", Item={"pk": {"S": "without link_id"}})
    tables.put_item(TableName="probe", Item=old)
    tables.put_item(TableName="probe", Item=new)
    tables.transact_write_items(TransactItems=[{"Delete": {"TableName": "probe", "Key": {"pk": {"S": "a"}}}}])
    received = []
    eventually(lambda: received.extend(receive(queue)) or len(received) >= 3, seconds=8)
    changes = [(e["source"], e["detail-type"], e["detail"]["eventName"], e["detail"]["dynamodb"]) for e in received]
    return [(*names, change.get("OldImage"), change.get("NewImage")) for *names, change in changes] != [
        ("probe", "Changed", "INSERT", None, old),
        ("probe", "Changed", "MODIFY", old, new),
        ("probe", "Changed", "REMOVE", new, None),
    ]


def _pipe(stream, bus, role, detail_type):
    has_link_id = [
        {"Pattern": json.dumps({"dynamodb": {image: {"link_id": {"S": [{"exists": True}]}}}})}
        for image in ("NewImage", "OldImage")
    ]
    return {
        "Type": "AWS::Pipes::Pipe",
        "Properties": {
            "RoleArn": {"Fn::GetAtt": [role, "Arn"]},
            "Source": stream,
            "SourceParameters": {
                "FilterCriteria": {"Filters": has_link_id},
                "DynamoDBStreamParameters": {"StartingPosition": "TRIM_HORIZON"},
            },
            "Target": bus,
            "TargetParameters": {
                "EventBridgeEventBusParameters": {"Source": "probe", "DetailType": detail_type},
            },
        },
    }
