"""Every metric of the delivery core, with its unit. Labels are small closed sets, never ids."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared.events import RecipientKind

REGISTRY = CollectorRegistry(auto_describe=True)

RELAYED = Counter(
    "alongside_events_relayed_total", "Events that the broker acknowledged.", registry=REGISTRY
)
OUTBOX_DEPTH = Gauge(
    "alongside_outbox_events", "Events committed and not yet relayed.", registry=REGISTRY
)
OUTBOX_OLDEST = Gauge(
    "alongside_outbox_oldest_seconds", "Age of the oldest event not relayed.", registry=REGISTRY
)
HANDLED = Counter(
    "alongside_records_total",
    "Records by what became of them: applied, unused, duplicate, or the reason they wait for.",
    ["topic", "outcome"],
    registry=REGISTRY,
)
EVENT_AGE = Histogram(
    "alongside_event_age_seconds",
    "Time from an event's occurrence to its handling here.",
    ["topic"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 3600),
    registry=REGISTRY,
)
RETRIES = Counter(
    "alongside_retries_total", "Attempts put off, by class of failure.", ["error"],
    registry=REGISTRY,
)  # fmt: skip
PARKED = Gauge(
    "alongside_parked_records", "Records that wait, by reason.", ["reason"], registry=REGISTRY
)
PARKED_OLDEST = Gauge(
    "alongside_parked_oldest_seconds", "Age of the oldest parked record.", ["reason"],
    registry=REGISTRY,
)  # fmt: skip
EVENTS_FORGOTTEN = Gauge(
    "alongside_events_forgotten",
    "Events that this service has published and its database does not know: it was set back. "
    "-1 when the topics themselves have lost events.",
    registry=REGISTRY,
)
LAG = Gauge(
    "alongside_consumer_lag_records", "Records behind the end of the assigned partitions.",
    registry=REGISTRY,
)  # fmt: skip
TIMERS_FIRED = Counter(
    "alongside_timers_total", "Timers by kind and by what became of them: fired, failed.",
    ["kind", "outcome"], registry=REGISTRY,
)  # fmt: skip
TIMERS_LATE = Histogram(
    "alongside_timer_delay_seconds", "Time from a timer's due moment to its firing.",
    buckets=(0.05, 0.1, 0.5, 1, 2, 5, 15, 60, 600, 3600), registry=REGISTRY,
)  # fmt: skip
TIMERS_STUCK = Gauge(
    "alongside_timers_stuck",
    "Timers that failed five times and wait for a person, or whose outage does not end.",
    registry=REGISTRY,
)  # fmt: skip
TIMERS_OLDEST_DUE = Gauge(
    "alongside_timer_oldest_due_seconds", "How long the oldest due timer has been waiting.",
    registry=REGISTRY,
)  # fmt: skip
PROMISES_MISSED = Counter(
    "alongside_promises_missed_total", "Dates that nobody kept, by the referral's state.",
    ["state"], registry=REGISTRY,
)  # fmt: skip
CRISIS_TEXTS = Counter(
    "alongside_crisis_texts_total", "Texts that speak of danger, by who wrote.", ["writer"],
    registry=REGISTRY,
)  # fmt: skip
MESSAGES_PARKED = Gauge(
    "alongside_messages_parked", "Messages that wait for a human, because nobody else may decide.",
    registry=REGISTRY,
)  # fmt: skip
TASKS_OPEN = Gauge(
    "alongside_tasks_open", "Tasks that wait for a human, by the role that acts on them.",
    ["role"], registry=REGISTRY,
)  # fmt: skip
TASKS_OVERDUE = Gauge(
    "alongside_tasks_overdue", "Those whose time is over, by the role that acts on them.",
    ["role"], registry=REGISTRY,
)  # fmt: skip
ON_CALL_MISSING = Gauge(
    "alongside_on_call_missing", "1 while nobody who can be reached is on call.", registry=REGISTRY
)
TEXTS_UNREAD = Gauge(
    "alongside_texts_unread_oldest_seconds",
    "How long the oldest text that only a human understands has not been read.",
    ["danger"], registry=REGISTRY,
)  # fmt: skip
AUDIT_UNSEALED = Gauge(
    "alongside_audit_unsealed_rows", "Audit ids above the last chained one.", registry=REGISTRY
)
AUDIT_SEALING_STOPPED = Gauge(
    "alongside_audit_sealing_stopped",
    "1 while audit rows are not linked, because chain and checkpoint file do not fit together.",
    registry=REGISTRY,
)
CLOCK_TRUSTED = Gauge(
    "alongside_clock_trusted",
    "1 while timers fire and texts go out; 0 while the clock is not believed.",
    registry=REGISTRY,
)
GUESSES = Counter(
    "alongside_guesses_total",
    "Wrong API keys, page sign-ins and offer links, and requests refused after too many of them.",
    ["where", "outcome"], registry=REGISTRY,
)  # fmt: skip
CLOCK_SKEW = Gauge(
    "alongside_clock_skew_seconds", "This process's clock minus the database's.",
    registry=REGISTRY,
)  # fmt: skip

# A counter that appears only with its first count shows no increase that an alert could see.
PROMISES_MISSED.labels("safety_hold")
for _writer in (*(kind.value for kind in RecipientKind), "stranger"):
    CRISIS_TEXTS.labels(_writer)
