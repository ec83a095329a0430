"""The condition key aws:SecureTransport.

AWS sets it to whether a request was sent over TLS, as the SDKs do:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport

MiniStack serves plain HTTP here, so a policy that denies requests without TLS, such as a queue's, denies every request.
With the stand-in, every request counts as sent over TLS, so no test can show that such a policy denies plain HTTP.
"""

import json

from ministack import app

from in_process import client


def fill():
    pin = app.pin_request_origin
    app.pin_request_origin = lambda source_ip, secure_transport: pin(source_ip, True)


def is_missing():
    queues = client("sqs")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    queue = queues.create_queue(QueueName="probe", Attributes={"Policy": policy})["QueueUrl"]
    try:
        queues.send_message(QueueUrl=queue, MessageBody="probe")
    except queues.exceptions.ClientError:
        return True
    return False
