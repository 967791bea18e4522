"""The logical ids of what holds data. A changed id is a replaced table: its data would be left
behind in the old one. Never change an id here without a migration.
"""

from tests.infrastructure.synthesized import Synthesized

PINNED = {
    "data": {
        "AuditTrailFF0F2BB5",
        "BulksA81CCDF4",
        "ExecutionHistory163A26F8",
        "ProtectionGroups59EF82C8",
        "RecoveryPlans62927E19",
        "RequestsC42AC379",
        "ServerLeasesF91438D6",
    },
    "index": {"ExecutionIndex9ACD0A80", "Rollups22D70941"},
    "api": {"LiveTable5E195196", "OriginPageDDA74414", "Users0A0EEA89"},
}
STATEFUL = (
    "AWS::DynamoDB::Table",
    "AWS::DynamoDB::GlobalTable",
    "AWS::Cognito::UserPool",
    "AWS::S3::Bucket",
)


def test_what_holds_data_keeps_its_logical_id(each: Synthesized) -> None:
    found: dict[str, set[str]] = {}
    for kind in STATEFUL:
        for resource in each.resources(kind):
            found.setdefault(resource.stack, set()).add(resource.logical_id)
    assert found == PINNED
