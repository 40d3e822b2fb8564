"""A telephone on which every word of our texts is tried, and what then has to follow."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from tests.world.conversation import Conversation
from tests.world.system import until

WORD = re.compile(r"\b(?:OK \d\d|[A-ZÁÉÍÓÚÑ]{3,})\b")
DIGIT = re.compile(r"(?<![\w-])[1-9](?: [1-9]\d)?(?= [a-zñ])(?! [ap]\.m\.)")
LINK = re.compile(r"https?://\S+")

_UNDER_WAY = """
    SELECT count(*) FROM messages
     WHERE state IN ('claimed', 'unknown') OR (state = 'planned' AND next_at <= now())
"""
_WAITS_FOR_A_HUMAN = """
    SELECT i.needs_human AND EXISTS (SELECT FROM tasks t
                                      WHERE t.subject_id = i.recipient_id AND t.closed_at IS NULL)
      FROM inbound_texts i WHERE provider_id = $1
"""
_UNREAD_WITHOUT_A_TASK = """
    SELECT meaning FROM inbound_texts i
     WHERE needs_human AND read_at IS NULL
       AND NOT EXISTS (SELECT FROM tasks t
                        WHERE t.subject_id = i.recipient_id AND t.closed_at IS NULL)
"""
_TWO_DAYS_LATER = (
    """
    UPDATE messages SET sent_at = sent_at - interval '2 days'
     WHERE recipient_id = (SELECT person_id FROM referrals WHERE referral_id = $1::uuid)
    """,
    """
    UPDATE contacts SET last_words_at = NULL
     WHERE recipient_id = (SELECT person_id FROM referrals WHERE referral_id = $1::uuid)
    """,
)
_IS_DUE = """
    UPDATE messages SET due_at = now(), next_at = now()
     WHERE referral_id = $1::uuid AND step = $2 AND state = 'planned' RETURNING true
"""


def offered_in(text: str) -> set[str]:
    """What a text asks its reader to type: words in capitals, digits before what they mean."""
    said = LINK.sub(" ", text)
    return {*WORD.findall(said), *DIGIT.findall(said)}


@dataclass(frozen=True, slots=True)
class Phone:
    """Somebody's telephone."""

    talk: Conversation
    number: str

    async def texts(self) -> list[str]:
        """What has arrived here, oldest first."""
        return [one["body"] for one in await self.talk.texts() if one["to"] == self.number]

    async def types(self, word: str, *, silent: str = "") -> str:
        """Type it; returns what was answered. Without an answer it must wait for a human, unless
        silence is meant: `silent` says why.
        """
        before = len(await self.texts())
        url = f"{self.talk.system.url('simulator')}/simulator/phones/{quote(self.number)}/texts"
        typed = (await self.talk.browser.post(url, json={"body": word})).json()
        assert typed["http_status"] == 200, (word, typed)
        await until(self._all_is_sent, what=f"the answer to '{word}'")

        async def heard() -> bool:
            answered = len(await self.texts()) > before
            return answered or await self._waits_for_a_human(typed["sid"])

        if not silent:
            await until(heard, seconds=10, what=f"an answer to '{word}', or a human")
        answer = "\n".join((await self.texts())[before:])
        assert not (silent and answer), (word, silent, answer)
        return answer

    async def types_twice(self, word: str, about: str) -> None:
        """Type it at its moment, and once more: both times it is answered so."""
        for _ in range(2):
            assert about in await self.types(word), word

    async def _all_is_sent(self) -> bool:
        async with self.talk.system.database("notifications") as connection:
            return bool(await connection.fetchval(_UNDER_WAY) == 0)

    async def _waits_for_a_human(self, sid: str) -> bool:
        async with self.talk.system.database("notifications") as connection:
            return bool(await connection.fetchval(_WAITS_FOR_A_HUMAN, sid))


async def unread_without_a_task(talk: Conversation) -> list[str]:
    """What was written and waits for a human on nobody's desk."""
    async with talk.system.database("notifications") as connection:
        return [meaning for (meaning,) in await connection.fetch(_UNREAD_WITHOUT_A_TASK)]


async def two_days_pass(talk: Conversation, referral: str, *, due: str | None = None) -> None:
    """The conversation with this person is long over; with `due`, that step's day has come."""
    async with talk.system.database("notifications") as connection:
        for statement in _TWO_DAYS_LATER:
            await connection.execute(statement, referral)
        if due is not None:
            what = f"{due} to be planned"
            await until(lambda: connection.fetchval(_IS_DUE, referral, due), what=what)


async def second_look(talk: Conversation) -> Mapping[str, tuple[int, int]]:
    """Open every link in any text or mail twice: the two answers, where one is no page."""
    boxes = (await talk.browser.get(f"{talk.system.url('simulator')}/simulator/mail")).json()
    mails = [mail["body"] for box in boxes["mailboxes"] for mail in box["mails"]]
    texts = [one["body"] for one in await talk.texts()]
    links = {link for body in (*mails, *texts) for link in LINK.findall(body)}
    assert {link.split("/")[3] for link in links} >= {"o", "referrals", "t"}
    seen = {}
    for link in sorted(links):
        first, second = [(await talk.browser.get(link)).status_code for _ in range(2)]
        if (first, second) != (200, 200):
            seen[link] = (first, second)
    return seen
