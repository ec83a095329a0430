"""A function's environment variables.

AWS runs a function with the variables of its configuration and those that Lambda defines, and with no others:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html

MiniStack adds all variables of its own process, so a table or an endpoint that is set in the developer's shell would
configure the function. With the stand-in, a function of a `provided` runtime gets the variables that Lambda defines, those
of its configuration, and AWS_ENDPOINT_URL, which is MiniStack's address.
"""

import io
import json
import os
import sys
import zipfile

from ministack.services import lambda_svc

from in_process import client, deploy, role

DEFINED_BY_LAMBDA = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "LANG",
    "LD_LIBRARY_PATH",
    "PATH",
    "TZ",
}


def fill():
    environment = lambda_svc._provided_worker_env

    def own_environment(config, code_directory, port):
        allowed = DEFINED_BY_LAMBDA | {"AWS_ENDPOINT_URL"} | lambda_svc._runtime_env_vars(config).keys()
        everything = environment(config, code_directory, port)
        return {name: value for name, value in everything.items() if name in allowed}

    lambda_svc._provided_worker_env = own_environment


def is_missing():
    os.environ["OF_MINISTACK"] = "1"
    bootstrap = zipfile.ZipInfo("bootstrap")
    bootstrap.external_attr = 0o755 << 16
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr(bootstrap, f"#!{sys.executable}\n{BOOTSTRAP}")
    deploy({"Role": role({"Service": "lambda.amazonaws.com"}, RoleName="probe")})
    functions = client("lambda")
    functions.create_function(
        FunctionName="probe",
        Runtime="provided.al2023",
        Handler="bootstrap",
        Role="arn:aws:iam::000000000000:role/probe",
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": {"OF_FUNCTION": "1"}},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="probe")
    found = json.load(functions.invoke(FunctionName="probe")["Payload"])
    assert found["OF_FUNCTION"] == "1" and found["AWS_LAMBDA_FUNCTION_NAME"] == "probe", found
    return "OF_MINISTACK" in found


# Answers every invocation with the environment variables.
BOOTSTRAP = """
import json, os, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(api + "next") as event:
        request_id = event.headers["Lambda-Runtime-Aws-Request-Id"]
    urllib.request.urlopen(api + request_id + "/response", data=json.dumps(dict(os.environ)).encode())
"""
