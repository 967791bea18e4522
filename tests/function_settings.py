"""Environment variables with which every function can be imported."""

from breakwater import contract

SETTINGS = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    contract.ENVIRONMENT_VARIABLE: "test",
    contract.ACCOUNT_VARIABLE: "111122223333",
    contract.TARGET_EXTERNAL_ID_VARIABLE: "word",
    contract.STATE_MACHINE_VARIABLE: "arn:aws:states:eu-west-1:111122223333:stateMachine:m:live",
    contract.MESSAGES_TOPIC_VARIABLE: "arn:aws:sns:eu-west-1:111122223333:messages",
    contract.TIME_SCALE_VARIABLE: "1",
    contract.INDEX_SETTINGS_VARIABLE: contract.IndexSettings().to_json(),
    contract.INDEX_DEAD_LETTERS_VARIABLE: "https://sqs.eu-west-1.amazonaws.com/111122223333/aside",
    contract.ROLLUP_SETTINGS_VARIABLE: contract.RollupSettings().to_json(),
    contract.ROLLUP_DEAD_LETTERS_VARIABLE: "https://sqs.eu-west-1.amazonaws.com/111122223333/r",
    contract.BULK_QUEUE_VARIABLE: "https://sqs.eu-west-1.amazonaws.com/111122223333/bulks",
    contract.PAUSE_GATE.variable: "some-gate",
    contract.GATE_SECONDS_VARIABLE: "86400",
    contract.LIVE_URL_VARIABLE: "wss://live.example.com/live",
    contract.LIVE_CALLBACK_VARIABLE: "https://live.example.com/live",
    contract.LIVE_DEAD_LETTERS_VARIABLE: "https://sqs.eu-west-1.amazonaws.com/111122223333/l",
    contract.LIVE_TAIL_VARIABLE: "tail",
    contract.LIVE_AGAIN_VARIABLE: "again",
    contract.LIVE_BUS_VARIABLE: "changes",
    **{table.variable: f"some-{table.name}" for table in contract.ALL_TABLES},
}
