"""`python -m deploy.simulator`: serve the phones, the provider's API and the mail sink."""

import logging

import uvicorn

from deploy.simulator.app import create_app
from deploy.simulator.connection import CuttableProtocol
from deploy.simulator.settings import load_settings


def main() -> None:
    """Serve until SIGTERM or SIGINT; open pages are let go within a second."""
    settings = load_settings()
    logging.basicConfig(level=logging.WARNING)
    # Undeliverable or odd mail is part of the play; the mail server's log repeats addresses.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        http=CuttableProtocol,
        ws="none",
        proxy_headers=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
