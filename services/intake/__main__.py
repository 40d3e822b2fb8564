"""`python -m services.intake serve | migrate | seed FILE | dead-letters | check`."""

from services.intake.seed import seed
from services.intake.wiring import SERVICE
from shared.command import main

if __name__ == "__main__":
    main(SERVICE, seed)
