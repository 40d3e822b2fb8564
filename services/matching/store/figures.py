"""The figures that tell whether people are being helped, counted from the rows themselves."""

from datetime import datetime

from services.matching.rules.figures import LATELY, Values
from shared.db import Connection

_FIGURES = """
    WITH reached AS (
        SELECT offer_id, min(logged_at) AS first_at FROM contact_log
         WHERE outcome IN ('reached', 'met') GROUP BY offer_id
    ), supports AS (
        SELECT o.first_contact_by, o.paused_until, r.first_at
          FROM offers o LEFT JOIN reached r USING (offer_id) WHERE o.state = 'accepted'
    ), answers AS (
        SELECT CASE state WHEN 'ended' THEN 'accepted' WHEN 'handing_over' THEN 'accepted'
                          ELSE state END AS answer
          FROM offers WHERE made_at > $2
    ), yeses AS (
        SELECT extract(epoch FROM o.answered_at - s.since) AS lasted
          FROM offers o JOIN searches s USING (referral_id)
         WHERE o.answered_at > $2 AND o.state IN ('accepted', 'handing_over', 'ended')
    ), contacts AS (
        SELECT extract(epoch FROM r.first_at - o.answered_at) AS lasted
          FROM reached r JOIN offers o USING (offer_id) WHERE r.first_at > $2
    )
    SELECT 'alongside_people_waiting', state, count(*)::float8
      FROM searches WHERE state NOT IN ('assigned', 'closed') GROUP BY state
    UNION ALL
    SELECT 'alongside_people_waiting_longest_seconds', state, extract(epoch FROM $1 - min(since))
      FROM searches WHERE state NOT IN ('assigned', 'closed') GROUP BY state
    UNION ALL
    SELECT 'alongside_people_without_contact',
           CASE WHEN first_contact_by < $1 THEN 'overdue' ELSE 'in_time' END, count(*)
      FROM supports WHERE first_at IS NULL AND paused_until IS NULL GROUP BY 2
    UNION ALL
    SELECT 'alongside_people_in_support',
           CASE WHEN paused_until IS NULL THEN 'in_touch' ELSE 'paused' END, count(*)
      FROM supports WHERE first_at IS NOT NULL OR paused_until IS NOT NULL GROUP BY 2
    UNION ALL
    SELECT 'alongside_places', 'taken', coalesce(sum(taken), 0) FROM coaches WHERE active
    UNION ALL
    SELECT 'alongside_places', 'free', coalesce(sum(max_active - taken), 0)
      FROM coaches WHERE active
    UNION ALL
    SELECT 'alongside_offers_lately', answer, count(*) FROM answers GROUP BY answer
    UNION ALL
    SELECT 'alongside_time_to_yes_seconds', 'half',
           percentile_cont(0.5) WITHIN GROUP (ORDER BY lasted) FROM yeses
    UNION ALL
    SELECT 'alongside_time_to_yes_seconds', 'most',
           percentile_cont(0.9) WITHIN GROUP (ORDER BY lasted) FROM yeses
    UNION ALL
    SELECT 'alongside_time_to_contact_seconds', 'half',
           percentile_cont(0.5) WITHIN GROUP (ORDER BY lasted) FROM contacts
    UNION ALL
    SELECT 'alongside_time_to_contact_seconds', 'most',
           percentile_cont(0.9) WITHIN GROUP (ORDER BY lasted) FROM contacts
"""


async def count(connection: Connection, *, now: datetime) -> Values:
    """All figures as they are now."""
    rows = await connection.fetch(_FIGURES, now, now - LATELY)
    return {(name, row): float(value) for name, row, value in rows if value is not None}
