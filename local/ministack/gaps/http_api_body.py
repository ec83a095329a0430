"""The routes of an HTTP API's Body.

AWS imports the OpenAPI document in the property Body of AWS::ApiGatewayV2::Api, into which SAM writes all routes:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html

MiniStack ignores the property, so the API has no routes. The stand-in creates a route and a Lambda proxy integration for
each operation of the document, and ignores the rest of it. MiniStack itself serves the routes.
"""

import json

from ministack.services import apigateway

from in_process import StackFailed, deploy, http, python_function
from provisioning import after


def fill():
    def import_body(api, properties):
        if "Body" not in properties:
            return
        apigateway._routes[api], apigateway._integrations[api] = {}, {}
        for path, operations in properties["Body"]["paths"].items():
            for method, operation in operations.items():
                proxy = operation["x-amazon-apigateway-integration"]
                _, _, made = apigateway._create_integration(
                    api,
                    {
                        "integrationType": proxy["type"].upper(),
                        "integrationUri": proxy["uri"],
                        "integrationMethod": proxy["httpMethod"],
                        "payloadFormatVersion": proxy["payloadFormatVersion"],
                    },
                )
                target = f"integrations/{json.loads(made)['integrationId']}"
                apigateway._create_route(api, {"routeKey": _route_key(path, method, operation), "target": target})

    after("AWS::ApiGatewayV2::Api", import_body)


def _route_key(path, method, operation):
    if operation.get("isDefaultRoute"):
        return "$default"
    return f"{'ANY' if method == 'x-amazon-apigateway-any-method' else method.upper()} {path}"


def is_missing():
    # The second round updates the API.
    for path in ("/first", "/second"):
        try:
            api = deploy(_api(path), {"Id": {"Ref": "Api"}})["Id"]
        except StackFailed:
            return True
        url = f"/_aws/execute-api/{api}/$default"
        answers = [http("POST", url + path), http("GET", url + path), http("POST", url + "/other")]
        if answers != [(200, f"POST {path}".encode()), (200, b"$default"), (200, b"$default")]:
            return True
    return False


def _api(path):
    code = 'def handler(event, context): return {"statusCode": 200, "body": event["routeKey"]}'
    lambda_uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"
    operation = {
        "x-amazon-apigateway-integration": {
            "httpMethod": "POST",
            "type": "aws_proxy",
            "uri": {"Fn::Sub": lambda_uri},
            "payloadFormatVersion": "2.0",
        },
        "responses": {},
    }
    paths = {
        path: {"post": operation},
        "$default": {"x-amazon-apigateway-any-method": {**operation, "isDefaultRoute": True}},
    }
    body = {"openapi": "3.0.1", "info": {"title": "probe", "version": "1.0"}, "paths": paths}
    return {
        "Function": python_function(code),
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com",
            },
        },
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}},
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
        },
    }
