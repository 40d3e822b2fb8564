"""`python -m services.matching serve | migrate | seed FILE | dead-letters | check`."""

from services.matching.seed import seed
from services.matching.wiring import SERVICE
from shared.command import main

if __name__ == "__main__":
    main(SERVICE, seed)
