"""The page: what it is told, when it is built anew, and how it gets to its bucket."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from breakwater import contract
from breakwater_local.emulator import Emulator
from breakwater_local.place import Place
from breakwater_local.portal.build import PORTAL, checked_fingerprint, fingerprint
from breakwater_local.portal.configuration import configuration
from breakwater_local.portal.destination import destination
from breakwater_local.portal.upload import KEPT_AFTER, upload
from breakwater_local.problem import Problem

OUTPUTS = {
    contract.USER_POOL_OUTPUT: "eu-west-1_Abc",
    contract.CLIENT_OUTPUT: "client",
    contract.SIGN_IN_OUTPUT: "https://breakwater-dev.auth.eu-west-1.amazoncognito.com",
}
PAGE = {contract.PAGE_BUCKET_OUTPUT: "page", contract.PORTAL_URL_OUTPUT: "http://page/"}


class Bucket:
    """As much of S3 as an upload uses; keeps the order of what is put."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.put: list[str] = []

    def get_paginator(self, name: str) -> "Bucket":
        assert name == "list_objects_v2"
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"Contents": [{"Key": key, **told} for key, told in self.objects.items()]}]

    def put_object(self, *, Key: str, Body: bytes, **more: Any) -> None:  # noqa: N803 - S3's names
        digest = hashlib.md5(Body, usedforsecurity=False).hexdigest()
        told = {"ETag": f'"{digest}"', "LastModified": datetime.now(UTC), "body": Body}
        self.objects[Key] = {**told, **more}
        self.put.append(Key)

    def delete_object(self, *, Key: str, **_: str) -> None:  # noqa: N803 - S3's names
        del self.objects[Key]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "index-1.js").write_text("1")
    (tmp_path / "index.html").write_text("<script src=/assets/index-1.js>")
    (tmp_path / "manifest.json").write_text("{}")
    return tmp_path


def test_what_names_others_comes_after_them_and_only_it_is_asked_for_each_time(built: Path) -> None:
    bucket = Bucket()
    assert upload(bucket, "page", built, {"api": "/api"}) == 3
    assert bucket.put == ["assets/index-1.js", "config.json", "index.html"]
    assert "immutable" in bucket.objects["assets/index-1.js"]["CacheControl"]
    assert bucket.objects["index.html"]["CacheControl"] == "no-cache"
    assert bucket.objects["index.html"]["ContentType"].startswith("text/html")
    assert json.loads(bucket.objects["config.json"]["body"]) == {"api": "/api"}


def test_what_is_there_is_not_sent_again(built: Path) -> None:
    bucket = Bucket()
    upload(bucket, "page", built, {"api": "/api"})
    assert upload(bucket, "page", built, {"api": "/api"}) == 0
    assert upload(bucket, "page", built, {"api": "/other"}) == 1


def test_files_of_the_release_before_stay_for_those_who_have_it_open(built: Path) -> None:
    bucket = Bucket()
    bucket.put_object(Key="assets/index-0.js", Body=b"0")
    bucket.put_object(Key="assets/older.js", Body=b"old")
    older = datetime.now(UTC) - KEPT_AFTER - timedelta(minutes=1)
    bucket.objects["assets/older.js"]["LastModified"] = older
    upload(bucket, "page", built, {})
    assert "assets/index-0.js" in bucket.objects
    assert "assets/older.js" not in bucket.objects


@pytest.mark.parametrize(
    ("region", "issuer"),
    [
        ("eu-west-1", "https://cognito-idp.eu-west-1.amazonaws.com"),
        ("cn-north-1", "https://cognito-idp.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_on_aws_sign_in_is_cognitos(region: str, issuer: str) -> None:
    told = configuration(OUTPUTS, environment="dev", region=region)
    assert told["authority"] == f"{issuer}/eu-west-1_Abc"
    assert told["signOut"] == OUTPUTS[contract.SIGN_IN_OUTPUT]


def test_on_the_embedded_aws_sign_in_is_its_own() -> None:
    told = configuration(OUTPUTS, environment="local", region="eu-west-1", sign_in="http://here:1")
    assert (told["authority"], told["signOut"]) == ("http://here:1/eu-west-1_Abc", "http://here:1")


def test_the_page_is_told_all_that_it_asks_for() -> None:
    told = configuration(OUTPUTS, environment="dev", region="eu-west-1")
    asked = (PORTAL / "src/session/config.ts").read_text(encoding="utf-8")
    [line] = [line for line in asked.splitlines() if line.startswith("const NAMES")]
    assert {f'"{name}"' for name in told} == set(line.split("[")[1].split("]")[0].split(", "))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """As much of a portal as fingerprints are taken from."""
    for name in ("package.json", "package-lock.json", "vite.config.ts", "tsconfig.json"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "index.html").write_text("<html>")
    for folder in ("src", "public", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "src" / "main.tsx").write_text("1")
    return tmp_path


def test_it_is_built_anew_when_a_source_changes_and_only_then(sources: Path) -> None:
    first = fingerprint(sources)
    (sources / "src" / "schema.d.ts").write_text("types are not in the page")
    (sources / "tests" / "new.test.ts").write_text("nor are tests")
    assert fingerprint(sources) == first
    (sources / "src" / "main.tsx").write_text("2")
    assert fingerprint(sources) != first


@pytest.mark.parametrize("changed", ["src/main.tsx", "tests/new.test.ts", "api.json"])
def test_it_is_checked_anew_when_a_source_a_test_or_the_api_changes(
    sources: Path, changed: str
) -> None:
    api = sources / "api.json"
    api.write_text("{}")
    first = checked_fingerprint(sources, api)
    assert checked_fingerprint(sources, api) == first
    (sources / changed).write_text("changed")
    assert checked_fingerprint(sources, api) != first


def test_the_lock_file_names_no_registry() -> None:
    locked = json.loads((PORTAL / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, told in locked["packages"].items() if "resolved" in told] == []
    wanted = json.loads((PORTAL / "package.json").read_text(encoding="utf-8"))
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert [name for name, version in versions.items() if not version[0].isdigit()] == []


def test_the_embedded_aws_is_signed_in_to_by_the_name_that_browsers_trust(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outputs = {**OUTPUTS, **PAGE}
    monkeypatch.setattr("breakwater_local.portal.destination.stack_outputs", lambda *_: outputs)
    here = Emulator(pid=1, started=0.0, port=4567)
    monkeypatch.setattr("breakwater_local.emulator.find", lambda _: here)
    there = destination("local", Place(tmp_path))
    assert there.bucket == "page"
    assert there.config["authority"] == "http://localhost:4567/eu-west-1_Abc"


@pytest.mark.parametrize("deployed", [True, False])
def test_there_is_somewhere_to_bring_the_page_to_or_it_is_said_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, deployed: bool
) -> None:
    monkeypatch.setattr("breakwater_local.portal.destination.stack_outputs", lambda *_: {})
    here = Emulator(pid=1, started=0.0, port=4567) if deployed else None
    monkeypatch.setattr("breakwater_local.emulator.find", lambda _: here)
    with pytest.raises(Problem, match="make up"):
        destination("local", Place(tmp_path))
