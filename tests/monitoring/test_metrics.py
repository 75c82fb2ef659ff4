"""Numbers for Prometheus, from a real server of two processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import ROOT
from tests.servers import fetch, gunicorn, wait_until
from tests.sites import Site

TOKEN = "a-token-for-the-tests"


class Numbers:
    def __init__(self, site: Site, address: str) -> None:
        self.site, self.address = site, address

    def __call__(self, name: str, **labels: str) -> float:
        """The sum of the samples that have these labels."""
        _, text, _ = fetch(f"{self.address}/metrics", Authorization=f"Bearer {TOKEN}")
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Numbers]:
    folder = tmp_path_factory.mktemp("metrics")
    site = Site(
        f"sqlite:///{folder}/site.sqlite3",
        CACHE_URL="locmemcache://",
        METRICS_TOKEN=TOKEN,
        METRICS_DIR=str(folder / "metrics"),
    )
    site.manage("loadseeds", ROOT / "fixtures" / "seeds", "-v0")
    with gunicorn(site.environment, folder / "out", "--workers=2", "--reuse-port") as (_, address):
        yield Numbers(site, address)


def test_requests_of_all_processes_are_counted_by_route_method_and_status(
    numbers: Numbers,
) -> None:
    for _ in range(12):
        assert fetch(f"{numbers.address}/learn")[0] == 200
        assert fetch(f"{numbers.address}/learn/none")[0] == 404
    # A request is counted after its last byte has gone.
    counted = "quicktakes_requests_total"
    wait_until(
        lambda: numbers(counted, route="learn:subject_list", method="GET", status="2xx") == 12,
        "not counted",
    )
    wait_until(
        lambda: numbers(counted, route="learn:subject_detail", status="4xx") == 12, "not counted"
    )
    assert numbers("quicktakes_request_seconds_count", route="learn:subject_list") == 12
    assert numbers("quicktakes_request_seconds_bucket", route="learn:subject_list", le="+Inf") == 12


def test_made_up_methods_and_addresses_make_no_numbers_of_their_own(numbers: Numbers) -> None:
    fetch(f"{numbers.address}/made-up-address")
    _, text, _ = fetch(f"{numbers.address}/metrics", Authorization=f"Bearer {TOKEN}")
    assert "made-up" not in text


def test_what_the_database_holds_and_what_readyz_says(numbers: Numbers) -> None:
    assert numbers("quicktakes_published_questions") == 49
    assert numbers("quicktakes_schedule_lag_seconds") == 0
    assert numbers("quicktakes_up") == 3


def test_results_of_commands(numbers: Numbers, tmp_path: Path) -> None:
    assert numbers("quicktakes_result", command="loadseeds", number="created") == 49
    numbers.site.manage("backup", tmp_path / "site.tar", "-v0")
    size = (tmp_path / "site.tar").stat().st_size
    assert numbers("quicktakes_result", command="backup", number="bytes") == size
    assert numbers("quicktakes_result", command="backup", number="finished_at") > 1_700_000_000


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", TOKEN, "Bearer ñ"])
def test_without_the_token_there_is_nothing(numbers: Numbers, given: str) -> None:
    headers = {"Authorization": given.encode("utf-8").decode("latin-1")} if given else {}
    status, text, answered = fetch(f"{numbers.address}/metrics", **headers)
    assert (status, text) == (401, "")
    assert answered["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_there_is_no_such_address_where_no_token_is_set(client) -> None:
    assert client.get("/metrics").status_code == 404
