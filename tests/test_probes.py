"""`/healthz` and `/readyz`: what they answer when servers are really stopped."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.servers import Wire, environment, fetch, free_port, gunicorn, redis_server
from tests.sites import Site

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("address", "text"), [("/healthz", "ok\n"), ("/readyz", "ready\n")])
def test_probe_answers_any_host_on_plain_http_without_a_session_and_not_for_caches(
    client, settings, address: str, text: str
) -> None:
    settings.ALLOWED_HOSTS = ["site.example"]
    settings.SECURE_SSL_REDIRECT = True
    response = client.get(address, headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, response.content.decode()) == (200, text)
    assert response["Content-Type"] == "text/plain"
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probe_takes_no_other_method(client, address: str) -> None:
    response = client.post(address)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_healthz_asks_no_database(client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_missing_migration_is_not_ready(client) -> None:
    MigrationRecorder(connection).record_unapplied("learn", "0010_permissions_of_roles")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content == b"migrations: 1 not applied; run manage.py migrate\n"
    assert response["Retry-After"] == "5"


def test_stopped_redis_is_not_ready_until_it_is_back(client, settings, tmp_path: Path) -> None:
    port = free_port()
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
        }
    }
    with redis_server(tmp_path, port):
        assert client.get("/readyz").status_code == 200
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"cache: does not answer\n")
    assert client.get("/healthz").status_code == 200
    with redis_server(tmp_path, port):
        assert client.get("/readyz").status_code == 200


@pytest.mark.skipif(connection.vendor != "postgresql", reason="stops PostgreSQL")
def test_stopped_postgresql_is_not_ready_until_it_is_back(tmp_path: Path) -> None:
    parts = urlsplit(os.environ["TEST_DATABASE_URL"])
    wire = Wire(parts.hostname or "127.0.0.1", parts.port or 5432)
    account = f"{parts.username}:secret-word@"
    name = connection.settings_dict["NAME"]
    through = f"postgres://{account}127.0.0.1:{wire.port}/{name}"
    values = environment(DATABASE_URL=through, CACHE_URL="locmemcache://")
    log = tmp_path / "log"
    with gunicorn(values, log) as (_, site):
        assert fetch(f"{site}/readyz")[:2] == (200, "ready\n")
        wire.cut()
        status, text, headers = fetch(f"{site}/readyz")
        assert (status, text) == (503, "database: does not answer\n")
        assert headers["Cache-Control"] == "no-store"
        assert fetch(f"{site}/healthz")[:2] == (200, "ok\n")
        wire.mend()
        assert fetch(f"{site}/readyz")[:2] == (200, "ready\n")
        wire.cut()
    # The operator finds the cause in the log, without the password.
    assert "The database does not answer" in log.read_text()
    assert "secret-word" not in log.read_text()


def test_database_without_tables_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "new.sqlite3").touch()
    site = Site(f"sqlite:///{tmp_path}/new.sqlite3", migrate=False)
    with gunicorn(site.environment, tmp_path / "log") as (_, address):
        status, text, _ = fetch(f"{address}/readyz")
        assert status == 503
        assert text.startswith("migrations: ")
        site.manage("migrate", "-v0")
        assert fetch(f"{address}/readyz")[:2] == (200, "ready\n")
