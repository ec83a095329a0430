"""The property PermissionsBoundary of AWS::IAM::Role.

AWS allows a role only what both its policies and its boundary allow:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html

MiniStack ignores the property in templates. The stand-in sets the role's boundary. MiniStack itself enforces it.
"""

from ministack.services import iam

from in_process import allow, client, deploy, role
from provisioning import after


def fill():
    def bound(role, properties):
        iam._roles[role]["PermissionsBoundary"] = properties.get("PermissionsBoundary")

    after("AWS::IAM::Role", bound)


def is_missing():
    boundary = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": allow(("sqs:*", "*"))}}
    bounded = role({"AWS": "000000000000"}, allow(("*", "*")), PermissionsBoundary={"Ref": "Boundary"})
    arn = deploy({"Boundary": boundary, "Role": bounded}, {"Role": {"Fn::GetAtt": ["Role", "Arn"]}})["Role"]
    session = client("sts").assume_role(RoleArn=arn, RoleSessionName="probe")["Credentials"]
    keys = (session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    client("sqs", *keys).list_queues()
    tables = client("dynamodb", *keys)
    try:
        tables.list_tables()
        return True
    except tables.exceptions.ClientError as error:
        return error.response["Error"]["Code"] != "AccessDeniedException"
