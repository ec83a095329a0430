"""EventBridge's invocations of functions.

AWS invokes asynchronously, so Lambda retries a failed invocation and then sends it to the failure destination:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html

MiniStack invokes the function once and drops a failed invocation. The stand-in invokes by Lambda's asynchronous path.
A rule's own RetryPolicy and DeadLetterConfig, for events that Lambda doesn't accept, have no effect.
"""

import json

from ministack.services import eventbridge, lambda_svc

from in_process import client, deploy, eventually, invocations, python_function, receive


def fill():
    def dispatch(arn, payload):
        record, config, name = lambda_svc._get_func_record_for_ref(arn)
        if not record:
            eventbridge.logger.warning("EventBridge: function %s not found", name)
            return
        record = lambda_svc._execution_record_for_config(record, {**config, "FunctionArn": arn})
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))

    eventbridge._dispatch_to_lambda = dispatch


def is_missing():
    resources = {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Function": python_function("def handler(event, context): raise Exception", FunctionName="probe"),
        # For $LATEST, because the configuration of an alias is another gap.
        "EventInvokeConfig": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "Qualifier": "$LATEST",
                "MaximumRetryAttempts": 1,
                "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Queue", "Arn"]}}},
            },
        },
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "probe"}},
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "EventPattern": {"source": ["probe"]},
                "Targets": [{"Id": "function", "Arn": {"Fn::GetAtt": ["Function", "Arn"]}}],
            },
        },
    }
    queue = deploy(resources, {"Url": {"Ref": "Queue"}})["Url"]
    entry = {"EventBusName": "probe", "Source": "probe", "DetailType": "Probe", "Detail": "{}"}
    client("events").put_events(Entries=[entry])
    failed = eventually(lambda: receive(queue), seconds=5)
    return not failed or invocations("probe") != 2
