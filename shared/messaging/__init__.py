"""Events in and out. To read it in order:

out: `envelope` → `macs` → `relay` (outbox to Kafka) → `own_history`, `recovery` (after a restore)
in: `subscription` → `records` → `attempts` → `settle` → `ordering`, `inbox` → `handler`
not applied: `parked` → `release`, `key_tasks` (a human is asked)
run by: `consumer_loop` (with `slots`, `positions`, `commits`, `feed`) and `timers`
by hand: `dead_letters`, `lost_records`
libraries: `access` (to the broker), `faststream_hooks`, `stray_cancellations`

To settle a record is to apply it, to drop it as a duplicate, or to park it.
"""
