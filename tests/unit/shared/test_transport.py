"""Which connections may be plain: on this host, and to hosts that a setting names."""

import pytest

from shared.transport import (
    PlainConnectionError,
    for_dbmate,
    refuse_plain_broker,
    refuse_plain_database,
    refuse_plain_mail,
)

SETTING = "INTAKE_DATABASE_URL"
BROKERS = "INTAKE_KAFKA_BOOTSTRAP_SERVERS"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://intake:word@127.0.0.1:5432/intake",
        "postgresql://intake:word@localhost/intake?sslmode=disable",
        "postgresql://intake:p%40ss@[::1]:5432/intake",
        "postgresql:///intake?host=/run/postgresql",
        "postgresql://intake:word@db.example:5432/intake?sslmode=verify-full",
        "postgresql://intake:word@db.example/intake?application_name=x&sslmode=require",
        "postgresql://intake:word@postgres/intake",
    ],
)
def test_a_database_here_or_behind_tls_or_named_is_taken(url: str) -> None:
    refuse_plain_database(SETTING, url, {"postgres"})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://intake:word@db.example:5432/intake",
        "postgresql://intake:word@db.example/intake?sslmode=prefer",
        "postgresql://intake:word@db.example/intake?sslmode=disable",
        "postgresql://intake:word@127.0.0.1:5432,db.example:5432/intake",
        "postgresql://127.0.0.1:word@db.example/intake",
    ],
)
def test_another_database_without_tls_is_refused_by_name(url: str) -> None:
    with pytest.raises(PlainConnectionError) as refused:
        refuse_plain_database(SETTING, url, {"postgres"})
    said = str(refused.value)
    assert said.startswith("INTAKE_DATABASE_URL leads to db.example without TLS")
    assert "?sslmode=verify-full" in said
    assert "INTAKE_PLAIN_HOSTS" in said
    assert "word" not in said


def test_brokers_elsewhere_need_tls() -> None:
    refuse_plain_broker(BROKERS, "127.0.0.1:9092", "PLAINTEXT", ())
    refuse_plain_broker(BROKERS, "kafka:9092", "SASL_PLAINTEXT", {"kafka"})
    refuse_plain_broker(BROKERS, "one.example:9092,two.example:9092", "SASL_SSL", ())
    with pytest.raises(PlainConnectionError, match="set INTAKE_KAFKA_SECURITY_PROTOCOL=SASL_SSL,"):
        refuse_plain_broker(BROKERS, "127.0.0.1:9092,two.example:9092", "SASL_PLAINTEXT", ())


def test_a_mail_server_elsewhere_needs_tls() -> None:
    refuse_plain_mail("NOTIFICATIONS_SMTP_HOST", "127.0.0.1", "none", ())
    refuse_plain_mail("NOTIFICATIONS_SMTP_HOST", "mail", "none", {"mail"})
    refuse_plain_mail("NOTIFICATIONS_SMTP_HOST", "mail.example", "starttls", ())
    with pytest.raises(PlainConnectionError, match="set NOTIFICATIONS_SMTP_SECURITY=starttls,"):
        refuse_plain_mail("NOTIFICATIONS_SMTP_HOST", "mail.example", "none", {"mail"})


def test_migrations_use_the_tls_that_the_address_asks_for() -> None:
    asked = "postgresql://o:w@db.example/intake?sslmode=verify-full"
    assert for_dbmate("INTAKE_MIGRATION_URL", asked, ()) == asked
    here = for_dbmate("INTAKE_MIGRATION_URL", "postgresql://o:w@127.0.0.1/intake", ())
    assert here == "postgresql://o:w@127.0.0.1/intake?sslmode=disable"
    with pytest.raises(PlainConnectionError, match="INTAKE_MIGRATION_URL leads to db"):
        for_dbmate("INTAKE_MIGRATION_URL", "postgresql://o:w@db.example/intake", ())
