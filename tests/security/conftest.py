from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests, as none of them leaves anything behind in it."""
    folder: Path = tmp_path_factory.mktemp("site")
    server = Server(folder)
    server.fill()
    server.start()
    yield server
    server.stop()
