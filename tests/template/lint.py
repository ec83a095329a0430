"""Lints the template after SAM's transform, as CloudFormation gets it, once for each variant of its parameters.

    lint.py template.yaml permissions-boundary.json

`sam validate --lint` lints the template before the transform. It misses the resources that SAM adds, such as aliases,
deployment groups and routes, and the circular dependencies through them.

It also checks that the permissions boundary of docs/operations.md allows the roles what they need, and that each function is
built from its own package: from another folder, `sam build` would give it the features of the whole workspace.

It needs the Python of the SAM CLI, where `samtranslator` and `cfnlint` are installed.
"""

import copy
import json
import logging
import os
import sys
import tempfile
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

from cfnlint import api
from cfnlint.config import ManualArgs
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

REGION = "eu-central-1"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"

RESTORED = {"RestoredTable": "contacts-restored", "RestoredTableStreamLabel": "2026-11-21T10:15:00.000"}
LIMITED = {
    "UpsertReservedConcurrency": "50",
    "DeleteReservedConcurrency": "10",
    "MaxReadUnits": "4000",
    "MaxWriteUnits": "4000",
}
EVERYTHING = {
    "AlarmTopicArn": TOPIC,
    "CaBundle": "/etc/pki/tls/certs/ca-bundle.crt",
    "Dashboard": "true",
    "DeploymentType": "Canary10Percent5Minutes",
    "Metrics": "true",
    "PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
    "PublishChanges": "true",
    **LIMITED,
}
NOTHING = {"Dashboard": "false", "PublishChanges": "false"}

# Every parameter that adds, removes or replaces resources is in at least one variant.
VARIANTS = {
    "default": {},
    "gradual": {"DeploymentType": "Linear10PercentEvery1Minute"},
    "alarms": {"AlarmTopicArn": TOPIC},
    "alarms, gradual": {"AlarmTopicArn": TOPIC, "DeploymentType": "Canary10Percent5Minutes"},
    "metrics": {"Metrics": "true"},
    "limited": LIMITED,
    "no changes published": {"PublishChanges": "false"},
    "alarms, no changes published": {"AlarmTopicArn": TOPIC, "PublishChanges": "false"},
    "restored": RESTORED,
    "everything on": EVERYTHING,
    "everything on, restored": {**EVERYTHING, **RESTORED},
    "everything off": NOTHING,
}


class NoManagedPolicies:
    """An empty list in place of AWS's managed policies, because the template names none by its short name."""

    def load(self):
        return {}


def transformed(template, parameters):
    """Returns the template after the transform with these parameters."""
    template = copy.deepcopy(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # `sam deploy` sets the location of the uploaded package.
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    values = {name: str(parameter.get("Default", "")) for name, parameter in template["Parameters"].items()}
    unknown = parameters.keys() - values.keys()
    if unknown:
        raise SystemExit(f"tests/template/lint.py: the template has no parameter {', '.join(sorted(unknown))}")
    return transform(template, {**values, **parameters, "AWS::Region": REGION}, NoManagedPolicies())


def findings(template):
    """Returns the findings of cfn-lint in a transformed template."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "template.json")
        path.write_text(json.dumps(template, indent=1))
        matches = api.lint_file(path, ManualArgs(regions=[REGION]))
    return [f"{match.rule.id} {'.'.join(map(str, match.path or []))}: {match.message}" for match in matches]


def actions(document):
    """Returns the actions that a policy allows."""
    listed = [statement["Action"] for statement in document["Statement"]]
    return [action for entry in listed for action in ([entry] if isinstance(entry, str) else entry)]


def forbidden(template, boundary):
    """Returns what roles of a transformed template need and their permissions boundary doesn't allow."""
    allowed = actions(boundary)
    roles = {name: role for name, role in template["Resources"].items() if role["Type"] == "AWS::IAM::Role"}
    return [
        f"{name} needs {action}, which its permissions boundary doesn't allow"
        for name, role in roles.items()
        for policy in role["Properties"]["Policies"]
        for action in actions(policy["PolicyDocument"])
        if not any(fnmatchcase(action, pattern) for pattern in allowed)
    ]


def misbuilt(template, folder):
    """Returns the functions that aren't built from the package of their program."""
    packages = {
        name: (function["Properties"]["CodeUri"], function["Metadata"]["BuildProperties"]["Binary"])
        for name, function in template["Resources"].items()
        if function["Type"] == "AWS::Serverless::Function"
    }
    return [
        f"{name}: {uri} is not the package {binary}"
        for name, (uri, binary) in packages.items()
        if tomllib.loads(Path(folder, uri, "Cargo.toml").read_text()).get("package", {}).get("name") != binary
    ]


def main(path, boundary_path):
    # Otherwise the translator warns of a feature switch that exists only in AWS's own service.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    template = yaml_parse(Path(path).read_text())
    boundary = json.loads(Path(boundary_path).read_text())
    if found := misbuilt(template, Path(path).parent):
        raise SystemExit("\n".join(found))
    failed = 0
    for name, parameters in VARIANTS.items():
        variant = transformed(template, parameters)
        found = [*findings(variant), *forbidden(variant, boundary)]
        print(f"{path}, {name}: {'ok' if not found else ''}")
        for finding in found:
            print(f"  {finding}")
        failed += bool(found)
    if failed:
        raise SystemExit(f"{path}: {failed} of {len(VARIANTS)} variants would not deploy as they should")


if __name__ == "__main__":
    main(*sys.argv[1:])
