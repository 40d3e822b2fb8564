"""`python -m services.notifications`: the verbs of every service, and its own."""

from services.notifications.channels_command import CHANNELS
from services.notifications.parked_command import PARKED
from services.notifications.rota_command import ROTA
from services.notifications.story_command import STORY
from services.notifications.tasks_command import TASKS
from services.notifications.wiring import SERVICE
from shared.command import main

if __name__ == "__main__":
    main(SERVICE, own=[CHANNELS, PARKED, ROTA, STORY, TASKS])
