"""What a simulator was started with, and whether that is still what it would be started with."""

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from breakwater_local.drs.files.script import read_script
from breakwater_local.drs.files.servers import SAMPLE, names, read_servers

_SOURCE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Settings:
    """The arguments of `python -m breakwater_local.drs`, but for the port."""

    speed: float = 60.0
    aws_endpoint: str | None = None
    script: str | None = None
    servers: str | None = None

    @classmethod
    def remembered(cls, known: object) -> "Settings":
        """As a record has them; the default for what it has not, or has in another way."""
        if not isinstance(known, dict):
            return cls()
        speed, texts = known.get("speed"), ("aws_endpoint", "script", "servers")
        return cls(
            speed=float(speed) if isinstance(speed, int | float) else cls.speed,
            **{name: known[name] for name in texts if isinstance(known.get(name), str)},
        )

    def but(
        self,
        *,
        speed: float | None = None,
        aws_endpoint: str | None = None,
        script: Path | None = None,
        servers: Path | None = None,
        forget: Collection[str] = (),
    ) -> "Settings":
        """With what is said here; the rest stays.

        :param forget: `script`, `servers`: none from now on.
        """
        return Settings(
            speed=self.speed if speed is None else speed,
            aws_endpoint=aws_endpoint or self.aws_endpoint,
            script=None if "script" in forget else _absolute(script) or self.script,
            servers=None if "servers" in forget else _absolute(servers) or self.servers,
        )

    def arguments(self) -> list[str]:
        """As they are written on the command line."""
        options = {
            "aws-endpoint": self.aws_endpoint,
            "script": self.script,
            "servers": self.servers,
        }
        return [
            f"--speed={self.speed:g}",
            *(f"--{name}={value}" for name, value in options.items() if value is not None),
        ]

    def require_readable(self) -> None:
        """The files can be used; else a Problem with all that is wrong with one."""
        servers = read_servers(Path(self.servers) if self.servers else SAMPLE)
        if self.script:
            read_script(Path(self.script), names(servers))

    def fingerprint(self) -> str:
        """Changes when a setting does, or a file, or the simulator's own source."""
        digest = hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode())
        for path in self._files():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def _files(self) -> Iterator[Path]:
        yield from (Path(one) for one in (self.script, self.servers) if one)
        for pattern in ("*.py", "*.yaml"):
            yield from sorted(_SOURCE.rglob(pattern))


def _absolute(path: Path | None) -> str | None:
    return str(path.resolve()) if path else None
