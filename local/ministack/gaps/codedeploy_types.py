"""AWS::CodeDeploy::Application and AWS::CodeDeploy::DeploymentGroup.

AWS uses them to shift an alias's traffic to a new version, and back if an alarm fires:
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html

MiniStack does not support the types and rejects a template that has one. The stand-ins have a physical id and do
nothing. MiniStack ignores `DeploymentPreference` and moves the alias to the new version at once.
"""

from in_process import StackFailed, deploy
from provisioning import HANDLERS


def fill():
    for name, resource_type in NAME_PROPERTIES:
        HANDLERS[resource_type] = {
            "create": lambda logical_id, properties, stack, name=name: (
                properties.get(name) or f"{stack}-{logical_id}",
                {},
            ),
            "update": lambda physical_id, old, new, stack: (physical_id, {}),
            "delete": lambda physical_id, properties: None,
        }


NAME_PROPERTIES = (
    ("ApplicationName", "AWS::CodeDeploy::Application"),
    ("DeploymentGroupName", "AWS::CodeDeploy::DeploymentGroup"),
)


def is_missing():
    resources = {
        "Application": {"Type": "AWS::CodeDeploy::Application", "Properties": {"ComputePlatform": "Lambda"}},
        "Group": {
            "Type": "AWS::CodeDeploy::DeploymentGroup",
            "Properties": {
                "ApplicationName": {"Ref": "Application"},
                "ServiceRoleArn": "arn:aws:iam::000000000000:role/deploys",
            },
        },
    }
    try:
        outputs = deploy(resources, outputs={"Application": {"Ref": "Application"}, "Group": {"Ref": "Group"}})
    except StackFailed:
        return True
    return not (outputs["Application"] and outputs["Group"])
