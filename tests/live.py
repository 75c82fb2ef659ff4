"""The live server of tests in a browser: one that can be asked to end what it has begun."""

import socket
import threading
from contextlib import suppress
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer


class EndingServer(ThreadedWSGIServer):
    """Remembers its connections. A browser keeps them open for a next request, and sometimes goes
    on doing so after the page that opened them is closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connections: dict[socket.socket, threading.Thread] = {}

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self.connections[request] = threading.current_thread()
        super().process_request_thread(request, client_address)

    def close_request(self, request: Any) -> None:
        super().close_request(request)
        self.connections.pop(request, None)

    def end_requests(self) -> None:
        """Read no further requests from the connections that are open, answer those that have been
        read, and wait for that."""
        for connection, thread in list(self.connections.items()):
            # Where it fails the browser was first.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
            thread.join(30)
