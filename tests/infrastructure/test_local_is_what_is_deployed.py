"""What is deployed locally is what is deployed on AWS: every difference is on this list.

`local` is compared with `dev`, resource by resource, property by property. A difference that is
not allowed here fails; so does an allowance that nothing needs any more.
"""

import re
from collections.abc import Iterator
from typing import Any

from tests.infrastructure.synthesized import Synthesized

# path pattern → why it differs
ALLOWED = {
    r"(data|index|recovery|api)/Parameters(/BootstrapVersion)?": (
        "The default synthesizer checks the bootstrap version; with the caller's own credentials "
        "there is nothing to check."
    ),
    r"(data|index|recovery|api)/Rules(/CheckBootstrapVersion)?": "As above.",
    r"(api|index|recovery)/Parameters/SsmParameterValue.*": (
        "The embedded AWS has no public parameters: `make up` publishes the Powertools layer."
    ),
    r"(api|index|recovery)/Resources/\w+/Properties/Layers/0/Ref": "As above.",
    r"(api|recovery)/Resources/\w+/Properties/Environment/Variables/AWS_ENDPOINT_URL_DRS": (
        "There is no DRS there: functions are led to the simulator."
    ),
    r"(data|index|recovery|api)/Description": "It names the environment.",
    r"(data|index|recovery|api)/Resources/\w+/Properties/(UserPool)?Tags/.*": (
        "They name the environment."
    ),
    r"api/Resources/UsersPortalBranding1F307DCC": (
        "The embedded AWS does not know the resource, and shows its sign-in page without it."
    ),
    r"api/Resources/UsersPortal\w+/Properties/RefreshTokenValidity": (
        "There, a refreshed token has no groups: signed in for a day."
    ),
    r"(api|recovery)/Resources/\w+/Properties/Environment/Variables/BREAKWATER_ENVIRONMENT": (
        "It names the environment."
    ),
    r"(api|recovery)/Resources/\w+/Properties/Environment/Variables/TARGET_EXTERNAL_ID": (
        "The local one reaches a second account, so that it can be tried."
    ),
    r"(api|recovery)/Resources/\w+/Properties/Environment/Variables/TIME_SCALE": (
        "The minutes of plans pass faster there."
    ),
    r"(api|recovery)/Resources/\w+Role\w+/Properties/PolicyDocument/.*/Resource/Fn::Join/1/\d": (
        "The role in other accounts, and the parameter with the portal's address, are named after "
        "the environment."
    ),
    r"api/Resources/PortalUrlParameter\w+/Properties/(Name|Value/.*)": "As above.",
    r"recovery/Resources/EngineStateMachine(Version|Live)\w+": (
        "Its CloudFormation knows neither versions nor aliases: `make up` makes them by API."
    ),
    r"recovery/Resources/EngineStateMachineLogs\w+/Properties/LogGroupName/Fn::Join/1/0": (
        "It is named after its stack."
    ),
    r"recovery/Resources/Notifications(Alarms|Messages)Policy\w+(/Properties/PolicyDocument/.*)?": (
        "It has no TLS to ask for."
    ),
    r"recovery/Resources/Dashboard\w+/Properties/DashboardName": "It is named after its stack.",
    r"recovery/Resources/(Dashboard|Alarms)\w+/.*(DashboardBody|Dimensions)/.*": (
        "What the engine counts, it counts by environment."
    ),
    r"recovery/Resources/Dashboard(Errors|RunsThatDidNotComplete|SlowFunctions|MachineErrors)\w+": (
        "The embedded AWS does not know saved questions to its logs."
    ),
    r"recovery/Resources/(Engine|SlaAlerts)EveryMinuteAllowEventRule\w+": (
        "The CDK names the permission of a rule after the stack."
    ),
    r"api/Resources/(Actions|BulkWork)StartsWhatIsTagged\w+/Properties/PolicyDocument/.*": (
        "It knows no tags of state machines when it judges who may start one, nor which machine's "
        "tags are asked for."
    ),
    r"(api|recovery)/Resources/(Executions|Actions|BulkWork|EngineWatchRuns)Role\w+/Properties/"
    r"PolicyDocument/Statement": (
        "It asks for the alias when a run is started, where AWS asks for the machine."
    ),
    r"(api|recovery)/Resources/\w+AnswersPauses\w+/Properties/PolicyDocument/.*/Resource": (
        "It can't tell from a token whose it is."
    ),
    r"recovery/Resources/EngineUpdateWaveStatusRole\w+/Properties/PolicyDocument/.*": (
        "It knows neither the instance nor its tags when it judges who may tag it."
    ),
    r"api/Resources/\w+/Properties/Name": "The API is named after its stack.",
    r"api/Resources/UsersDomain\w+/Properties/Domain/.*": "It names the environment.",
    r"(data|index|recovery|api)/Outputs/\w+/Export/Name": "An export is named after its stack.",
    r".*/Fn::ImportValue": "As above.",
    r"api/Outputs/PortalUrl/Value/.*": (
        "There, CloudFront answers by http, at a name on this machine."
    ),
    r"api/Resources/UsersPortal\w+/Properties/(Callback|Logout)URLs/0/.*": "As above.",
    r"api/Resources/OriginDistribution\w+/.*/ViewerProtocolPolicy": (
        "The embedded AWS has no certificates: browsers come by http."
    ),
    r"api/Resources/OriginDistribution\w+/Properties/DistributionConfig/Origins/[12]/.*": (
        "The APIs are reached by http, on this machine, by path: their names resolve nowhere."
    ),
    r"api/Resources/OriginPagePolicy\w+/Properties/PolicyDocument/Statement": (
        "There, the distribution itself reads the bucket without TLS: it can't be enforced."
    ),
    r"api/Resources/OriginHeaders\w+/.*/ContentSecurityPolicy/.*": (
        "The page asks the embedded AWS about sign-in, instead of Cognito's addresses."
    ),
    r"api/Resources/Origin(Access|DeepLinks|Headers)\w+/.*/Name/Fn::Join/1/[01]": (
        "They are named after their stack."
    ),
    r"api/Resources/Live(Tickets|Clients|Changes|Tail|Again)\w+/.*/LIVE_(CALLBACK_)?URL/.*": (
        "Sockets are reached by path, on this machine: CloudFront carries none there."
    ),
    r"api/Resources/LiveSocketApibreakwater\w+": (
        "CDK names the permission of an authorizer after its stack."
    ),
    r"api/Resources/LiveBus\w+/Properties/Name": (
        "It is named after the environment: other systems find it by name."
    ),
    r"api/Resources/LiveDeadLettersPolicy\w+": "The queue can't refuse calls without TLS.",
    r"index/Resources/CustomWorkflowsBus\w+/Properties/Name": (
        "It is named after the environment: publishers find it by name."
    ),
    r"index/Resources/(Execution(Index|Rollups)|CustomWorkflows|BulkQueue)DeadLettersPolicy\w+": (
        "There are no certificates: the queues can't refuse calls without TLS."
    ),
    r"index/Resources/(ExecutionIndex|CustomWorkflows)QueuePolicy\w+/.*/Statement": "As above.",
    r"index/Resources/BulkQueuePolicy\w+": "As above.",
    r"api/Resources/BulkWorkSweepAllowEventRulebreakwater\w+": (
        "CDK names the permission of a rule after its stack."
    ),
    r"index/Resources/Execution(Index|Rollups)SweepScheduleAllowEventRulebreakwater\w+": (
        "CDK names the permission after its stack."
    ),
    r"(api|index|recovery)/Resources/\w+/Properties/RetentionInDays": (
        "Local logs are kept for a week."
    ),
}


def differences(left: Any, right: Any, path: str = "") -> Iterator[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            below = f"{path}/{key}" if path else key
            if key in left and key in right:
                yield from differences(left[key], right[key], below)
            else:
                yield below
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, pair in enumerate(zip(left, right, strict=True)):
            yield from differences(*pair, f"{path}/{number}")
    elif left != right:
        yield path


def test_only_what_is_written_here_differs_and_all_of_it_does(
    synthesized: dict[str, Synthesized],
) -> None:
    found = list(differences(synthesized["local"].stacks, synthesized["dev"].stacks))
    allowed = {path: [p for p in ALLOWED if re.fullmatch(p, path)] for path in found}
    assert [path for path, patterns in allowed.items() if not patterns] == []
    used = {pattern for patterns in allowed.values() for pattern in patterns}
    assert sorted(ALLOWED.keys() - used) == []


def test_a_difference_anywhere_is_seen() -> None:
    left = {"a": [{"b": 1}], "c": {"d": 1}}
    assert list(differences(left, {"a": [{"b": 2}], "c": {"e": 1}})) == ["a/0/b", "c/d", "c/e"]
    assert list(differences({"a": [1]}, {"a": [1, 2]})) == ["a"]
    assert list(differences(left, left)) == []
