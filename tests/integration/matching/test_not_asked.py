"""Who is not asked: anybody while news waits; and who cannot have known is not called late."""

from datetime import timedelta

from services.matching.timers import OfferDeadlinePassed, WaitlistReviewDue
from shared.events import MessageSent, PersonErased, Urgency
from tests.integration.crash import cast
from tests.integration.crash.matching import ACCEPTED, OFFERED, of_the_question, replied, roster
from tests.integration.crash.process import Process
from tests.integration.crash.scenario import Act, Before, Stage, comes, record_of, rings
from tests.integration.matching.visit import Visit, visiting


async def news_waits(before: Before) -> Act:
    """A revocation has come, and what was before it has not."""
    event = cast.revoked()
    record = record_of(event, before.next_of(event) + 1)
    return lambda process: process.settler.settle_one(record)


async def news_of_the_person_waits(before: Before) -> Act:
    event = PersonErased(person_id=cast.PERSON)
    record = record_of(event, before.next_of(event) + 1)
    return lambda process: process.settler.settle_one(record)


async def news_is_dealt_with(_: Before) -> Act:
    async def forget(process: Process) -> None:
        async with process.database.transaction() as tx:
            await tx.connection.execute("DELETE FROM parked_records")

    return forget


async def states(visit: Visit) -> tuple[str, list[str]]:
    """The search, and the offers in the order in which they were made."""
    [search] = await visit.rows("searches")
    offers = sorted(await visit.rows("offers"), key=lambda row: row["made_at"])
    return search["state"], [row["state"] for row in offers]


async def test_nobody_is_asked_while_news_of_the_referral_waits(stage: Stage) -> None:
    async with visiting(stage, (*OFFERED, news_waits)) as visit:
        await visit.happens(replied("pass"))
        assert await states(visit) == ("waitlisted", ["declined"])
        await visit.happens(roster(3), rings(WaitlistReviewDue))
        assert await states(visit) == ("waitlisted", ["declined"])
        await visit.happens(news_is_dealt_with, rings(WaitlistReviewDue))
        assert await states(visit) == ("offered", ["declined", "open"])


async def test_nobody_is_asked_for_a_new_referral_while_news_of_the_person_waits(
    stage: Stage,
) -> None:
    async with visiting(stage, (roster(1, 2), news_of_the_person_waits, ACCEPTED)) as visit:
        assert await states(visit) == ("waitlisted", [])


async def test_a_free_place_goes_to_nobody_whose_news_waits(stage: Stage) -> None:
    async with visiting(stage, (*OFFERED, news_waits)) as visit:
        await visit.happens(replied("pass"), roster(3))
        while await visit.process.timers.fire_due():
            pass
        assert await states(visit) == ("waitlisted", ["declined"])


async def test_an_offer_whose_text_never_went_out_is_taken_back_at_its_deadline(
    stage: Stage,
) -> None:
    """The coach let nothing pass, and is not told so."""
    async with visiting(stage, OFFERED) as visit:
        await visit.happens(rings(OfferDeadlinePassed))
        assert await states(visit) == ("offered", ["withdrawn", "open"])
        offers = sorted(await visit.rows("offers"), key=lambda row: row["made_at"])
        assert offers[0]["reason"] == "not-asked"
        [search] = await visit.rows("searches")
        assert search["lapsed"] == 0


async def test_an_offer_that_was_sent_or_seen_expires_at_its_deadline(stage: Stage) -> None:
    async with visiting(stage, OFFERED) as visit:
        await visit.happens(of_the_question(MessageSent), rings(OfferDeadlinePassed))
        assert await states(visit) == ("offered", ["expired", "open"])
    async with visiting(stage, OFFERED) as visit:
        await visit.http.get(await visit.link())
        await visit.passes(timedelta(minutes=1))
        await visit.happens(rings(OfferDeadlinePassed))
        assert await states(visit) == ("offered", ["expired", "open"])


async def test_an_urgent_offer_made_at_night_stays_open_until_the_coach_was_asked_in_the_morning(
    stage: Stage,
) -> None:
    async with visiting(stage, (roster(1, 2),)) as visit:
        await visit.passes(timedelta(hours=12))
        await visit.happens(comes(cast.accepted(urgency=Urgency.FAST_LANE)))
        for _ in range(6):
            await visit.passes(timedelta(hours=1, minutes=10))
            await visit.process.timers.fire_due()
            assert await states(visit) == ("offered", ["open"])
