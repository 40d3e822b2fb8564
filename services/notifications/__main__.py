"""`python -m services.notifications serve | migrate | dead-letters | check`."""

from services.notifications.wiring import SERVICE
from shared.command import main

if __name__ == "__main__":
    main(SERVICE)
