"""AWS::CodeDeploy::Application and AWS::CodeDeploy::DeploymentGroup.

AWS shifts an alias's traffic to a new version through them, and back if an alarm fires:
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html

MiniStack knows neither type and refuses a template that has one. Here both are placeholders: they have a physical
id and do nothing. MiniStack moves the alias to the new version at once, whatever `DeploymentPreference` says.
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
