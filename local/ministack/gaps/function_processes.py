"""The processes of a deleted function.

AWS removes a function's execution environments with it:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

MiniStack ends the processes of a function that is deleted by DeleteFunction, but not of one that is deleted by
CloudFormation. The stand-in ends those too.
"""

import json
import os

from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region

from in_process import client, delete, deploy, eventually, python_function
from provisioning import HANDLERS


def fill():
    handler = HANDLERS["AWS::Lambda::Function"]
    remove = handler["delete"]

    def remove_and_end(function, properties):
        remove(function, properties)
        lambda_runtime.invalidate_worker(function, account=get_account_id(), region=get_region())

    handler["delete"] = remove_and_end


def is_missing():
    code = "import os\ndef handler(event, context): return os.getpid()"
    deploy({"Function": python_function(code, FunctionName="probe")})
    process = json.load(client("lambda").invoke(FunctionName="probe")["Payload"])
    delete()
    return not eventually(lambda: not _runs(process), seconds=3)


def _runs(process):
    try:
        os.kill(process, 0)
        return True
    except ProcessLookupError:
        return False
