"""Brings the built page to its bucket: files that never change first, what names them last.

Whoever has the page open goes on with the files of their release: those of the release before stay
for a week. Nothing of the page is cached that may change, so CloudFront need not be told.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
KEPT_AFTER = timedelta(days=7)
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".png": "image/png",
}


def upload(s3: Any, bucket: str, built: Path, config: Mapping[str, str]) -> int:
    """How many files had to be sent. The page is whole at every moment in between."""
    there = {item["Key"]: item for item in _listed(s3, bucket)}
    wanted = {
        path.relative_to(built).as_posix(): path.read_bytes()
        for path in sorted(built.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    wanted["config.json"] = json.dumps(dict(config), indent=2).encode()
    changed = [key for key, body in wanted.items() if not _is_there(there.get(key), body)]
    for key in sorted(changed, key=_names_others):
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=wanted[key],
            ContentType=_KINDS.get(Path(key).suffix, "application/octet-stream"),
            CacheControl=FOR_EVER if key.startswith("assets/") else ASK_EACH_TIME,
        )
    for key, item in there.items():
        if key not in wanted and datetime.now(UTC) - item["LastModified"] > KEPT_AFTER:
            s3.delete_object(Bucket=bucket, Key=key)
    return len(changed)


def _names_others(key: str) -> tuple[bool, str]:
    return (not key.startswith("assets/"), key)


def _is_there(item: Mapping[str, Any] | None, body: bytes) -> bool:
    """S3 tells the MD5 of an object that was put in one piece with keys of its own."""
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return item is not None and item["ETag"].strip('"') == digest


def _listed(s3: Any, bucket: str) -> Iterator[Mapping[str, Any]]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from page.get("Contents", [])
