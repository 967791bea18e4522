"""What the commands `python -m breakwater.…` take and say alike."""

import argparse
import os
import sys


def failed(message: str, status: int) -> int:
    """Say why, beside what the command prints; the exit status."""
    print(message, file=sys.stderr)
    return status


def aws_away(error: Exception, instead: str = "") -> str:
    """AWS could not be asked: what to do.

    :param instead: how the command does without asking, where it can.
    """
    return (
        f"AWS could not be asked: {error}\nSet AWS_REGION, sign in (`aws sso login`, or "
        f'AWS_PROFILE), and try again. For the embedded AWS: eval "$(make -s env)".{instead}'
    )


def close_quietly() -> None:
    """Nobody reads any more: what is still to be written at the end of Python goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def region() -> str | None:
    """Where to ask; None leaves it to the AWS configuration."""
    return os.environ.get("AWS_REGION")


def add_environment(parser: argparse.ArgumentParser) -> None:
    """`--environment`."""
    parser.add_argument(
        "--environment", default="dev", help="which deployment: local, dev, test, prod"
    )
