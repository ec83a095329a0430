"""The EventInvokeConfig of an alias.

AWS retries a failed asynchronous invocation and sends it to the failure destination. The configuration of the invoked
alias applies:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html

MiniStack stores that configuration, but applies the one of $LATEST to every invocation. The stand-in applies the
configuration of the alias or version in the function ARN. MiniStack itself retries and sends to the failure destination.
It waits 1 s before the first retry and doubles that (LAMBDA_ASYNC_RETRY_BASE_SECONDS); AWS waits one minute, then two.
"""

from ministack.services import lambda_svc

from in_process import client, deploy, eventually, invocations, python_function, receive


def fill():
    invoke = lambda_svc.invoke_async_with_retry

    def invoke_as_configured(record, event):
        config = record.get("config") or record
        function = lambda_svc._functions.get(config.get("FunctionName")) or {}
        # arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]
        qualifier = config.get("FunctionArn", "").split(":")[7:]
        own = (function.get("event_invoke_configs") or {}).get(qualifier[0]) if qualifier else None
        invoke({**record, "event_invoke_config": own} if own else record, event)

    lambda_svc.invoke_async_with_retry = invoke_as_configured


def is_missing():
    resources = {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Function": python_function("def handler(event, context): raise Exception", FunctionName="probe"),
        "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Function"}}},
        "Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": "live",
                "FunctionName": {"Ref": "Function"},
                "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
            },
        },
        "EventInvokeConfig": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "DependsOn": "Alias",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "Qualifier": "live",
                "MaximumRetryAttempts": 1,
                "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Queue", "Arn"]}}},
            },
        },
    }
    queue = deploy(resources, {"Url": {"Ref": "Queue"}})["Url"]
    client("lambda").invoke(FunctionName="probe", Qualifier="live", InvocationType="Event", Payload=b"{}")
    failed = eventually(lambda: receive(queue), seconds=5)
    return not failed or invocations("probe") != 2
