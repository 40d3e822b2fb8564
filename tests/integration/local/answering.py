"""A program that answers on its health page: `python -m tests.integration.local.answering`.

`GET /readyz` and `/livez` say 200, the former 503 with STORE_AWAY=1 in its environment;
`GET /end` ends it with exit code 3. With HELPER=1 in its environment
it has a helper process that ignores SIGTERM. It is the stand-in for a service.
"""

import os
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/end":
            sys.stdout.write("told to end\n")
            sys.stdout.flush()
            os._exit(3)
        away = self.path == "/readyz" and "STORE_AWAY" in os.environ
        known = self.path in ("/readyz", "/livez")
        self.send_response(503 if away else 200 if known else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if os.environ.get("HELPER"):
        subprocess.Popen([sys.executable, "-c", STUBBORN])
    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
