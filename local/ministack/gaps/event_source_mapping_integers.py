"""A Number parameter in an integer property of AWS::Lambda::EventSourceMapping.

A parameter's value is a string. CloudFormation converts it to the property's type:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html

MiniStack stores the string. Its poller then fails to compare it with a number and reads no queue any more. The stand-in
converts the integer properties before a mapping is created or updated. Other resource types of the template need no
stand-in: MiniStack converts their numbers or doesn't use them.
"""

from in_process import StackFailed, client, deploy, eventually, python_function
from provisioning import before

INTEGERS = (
    "BatchSize",
    "MaximumBatchingWindowInSeconds",
    "MaximumConcurrency",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "ParallelizationFactor",
    "TumblingWindowInSeconds",
)


def fill():
    before("AWS::Lambda::EventSourceMapping", _with_integers)


def _with_integers(properties):
    converted = {key: int(value) if key in INTEGERS else value for key, value in properties.items()}
    if "ScalingConfig" in converted:
        converted["ScalingConfig"] = _with_integers(converted["ScalingConfig"])
    return converted


def is_missing():
    resources = {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Function": python_function("def handler(event, context): pass"),
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
                "FunctionName": {"Ref": "Function"},
                "ScalingConfig": {"MaximumConcurrency": {"Ref": "Concurrency"}},
            },
        },
    }
    queues = client("sqs")
    # The second round updates the mapping.
    for concurrency in (3, 4):
        try:
            queue = deploy(resources, {"Url": {"Ref": "Queue"}}, {"Concurrency": concurrency})["Url"]
        except StackFailed:
            return True
        queues.send_message(QueueUrl=queue, MessageBody="probe")
        if not eventually(lambda: _is_empty(queues, queue), seconds=5):
            return True
    return False


def _is_empty(queues, queue):
    attributes = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return attributes["ApproximateNumberOfMessages"] == attributes["ApproximateNumberOfMessagesNotVisible"] == "0"
