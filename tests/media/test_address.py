"""`MEDIA_ROOT` as an address of a bucket: what it means, and what stops the start."""

import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from learn.media.address import bucket_options, media_store
from tests.test_settings import start

FOLDER = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
SET_IT = (
    " Set it to a folder, or to a bucket, for example "
    "s3://BUCKET/FOLDER?endpoint_url=https://s3.example&region_name=eu-central-1."
)


@pytest.mark.parametrize("folder", ["media", "/srv/quicktakes/media", "/srv/a:b"])
def test_folder_is_a_folder(folder: str) -> None:
    assert media_store(folder) == FOLDER


@pytest.mark.parametrize(
    ("address", "options"),
    [
        (
            "s3://pictures",
            {"bucket_name": "pictures", "location": "", "addressing_style": "auto"},
        ),
        (
            "s3://pictures/of%20the/site/?region_name=eu-central-1",
            {
                "bucket_name": "pictures",
                "location": "of the/site",
                "addressing_style": "auto",
                "region_name": "eu-central-1",
            },
        ),
        (
            "s3://pictures?endpoint_url=https://s3.example:9000/s3",
            {
                "bucket_name": "pictures",
                "location": "",
                "addressing_style": "path",
                "endpoint_url": "https://s3.example:9000/s3",
            },
        ),
        (
            "s3://pictures?endpoint_url=http%3A%2F%2F[::1]:9000&addressing_style=virtual",
            {
                "bucket_name": "pictures",
                "location": "",
                "addressing_style": "virtual",
                "endpoint_url": "http://[::1]:9000",
            },
        ),
    ],
)
def test_address_is_taken_apart(address: str, options: dict[str, str]) -> None:
    assert bucket_options(address) == options
    assert media_store(address) == {"BACKEND": "learn.media.s3.S3Media", "OPTIONS": options}


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("gs://pictures", "is no folder, and does not begin with “s3://”"),
        ("s3://[pictures", "is no folder, and cannot be read as an address"),
        ("s3:///folder", "names no bucket: three or more letters, digits, “.”, “-” and “_”"),
        ("s3://my bucket", "names no bucket: three or more letters, digits, “.”, “-” and “_”"),
        ("s3://pictures/a#b", "has a “#”; write it as %23"),
        ("s3://pictures/a/../b", "has “//”, “.” or “..” in the name of its folder"),
        (
            "s3://pictures?region=x",
            "has the option “region”, but there are only endpoint_url, region_name, "
            "addressing_style",
        ),
        (
            "s3://pictures?endpoint_url=s3.example",
            "has a wrong endpoint_url: it must be http:// or https:// and the store's host, "
            "which has letters, digits, “.” and “-”",
        ),
        (
            "s3://pictures?endpoint_url=http://min_io:9000",
            "has a wrong endpoint_url: it must be http:// or https:// and the store's host, "
            "which has letters, digits, “.” and “-”",
        ),
        (
            "s3://pictures?region_name=",
            "has a wrong region_name: it must be letters, digits and “-”",
        ),
        (
            "s3://pictures?addressing_style=dns",
            "has a wrong addressing_style: it must be auto, path or virtual",
        ),
    ],
)
def test_address_that_is_wrong_is_refused_with_the_reason(address: str, reason: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        media_store(address)
    assert str(refused.value) == f"MEDIA_ROOT {reason}.{SET_IT}"


@pytest.mark.parametrize(
    "address",
    [
        "s3://AKIA:hidden@pictures",
        "s3://pictures?access_key=AKIA&secret_key=hidden",
        "s3://pictures?endpoint_url=https://AKIA:hidden@s3.example",
    ],
)
def test_keys_in_the_address_are_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="AWS_SECRET_ACCESS_KEY instead") as refused:
        media_store(address)
    assert "hidden" not in str(refused.value)


def test_missing_packages_are_named_with_the_command_that_installs_them(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert media_store("media") == FOLDER
    with pytest.raises(ImproperlyConfigured, match=r"pip install -r requirements-s3\.txt"):
        media_store("s3://pictures")


def test_wrong_address_stops_the_start_with_a_sentence() -> None:
    status, error = start(DEBUG="true", MEDIA_ROOT="s3://")
    assert status == 1
    assert error.startswith(
        "django.core.exceptions.ImproperlyConfigured: MEDIA_ROOT names no bucket"
    )


def test_bucket_that_nothing_answers_for_stops_no_start() -> None:
    assert start(DEBUG="true", MEDIA_ROOT="s3://pictures?endpoint_url=http://127.0.0.1:1") == (
        0,
        "",
    )
