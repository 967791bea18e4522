"""How long a function waits for AWS: less than whoever asked waits for the function.

boto3 by itself waits a minute for each of five tries; API Gateway waits 29 seconds in all, and then
answers in its own words.
"""

from botocore.config import Config

# At worst 3 x (2 + 5) s and the pauses between: an answer of ours, whatever hangs.
PATIENCE = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=10,
)
