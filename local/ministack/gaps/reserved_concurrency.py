"""The property ReservedConcurrentExecutions of AWS::Lambda::Function.

AWS throttles invocations of the function, of all versions and aliases together, above that number:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html

MiniStack ignores the property in templates, and applies a limit set by PutFunctionConcurrency to unqualified
invocations only. With the stand-in, the property sets the function's limit, and all versions and aliases share it.
MiniStack itself throttles.
"""

from ministack.services import lambda_svc

from in_process import client, deploy, python_function
from provisioning import after


def fill():
    def reserve(function, properties):
        reserved = properties.get("ReservedConcurrentExecutions")
        lambda_svc._functions[function]["concurrency"] = None if reserved is None else int(reserved)

    def reserved_concurrency(record, config):
        # A version's record has no limit of its own.
        return (lambda_svc._functions.get(config.get("FunctionName")) or record).get("concurrency")

    after("AWS::Lambda::Function", reserve)
    lambda_svc._reserved_concurrency = reserved_concurrency


def is_missing():
    deploy(
        {
            "Function": python_function(
                "def handler(event, context): pass",
                FunctionName="probe",
                ReservedConcurrentExecutions={"Ref": "Reserved"},
            ),
            "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Function"}}},
        },
        parameters={"Reserved": 0},
    )
    functions = client("lambda")
    for function in ("probe", "probe:1"):
        try:
            functions.invoke(FunctionName=function)
            return True
        except functions.exceptions.TooManyRequestsException:
            pass
    return False
