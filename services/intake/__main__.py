"""`python -m services.intake`: the verbs of every service, `seed`, `clinics` and `story`."""

from services.intake.clinics_command import VERBS
from services.intake.seed import seed
from services.intake.story_command import STORY
from services.intake.wiring import SERVICE
from shared.command import main

if __name__ == "__main__":
    main(SERVICE, seed, [*VERBS, STORY])
