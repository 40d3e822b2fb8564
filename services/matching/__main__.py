"""`python -m services.matching`: the verbs of every service, and its own."""

from services.matching.coaches_command import COACHES
from services.matching.seed import seed
from services.matching.staff_command import VERBS
from services.matching.story_command import STORY
from services.matching.wiring import SERVICE
from shared.command import main

if __name__ == "__main__":
    main(SERVICE, seed, [COACHES, *VERBS, STORY])
