"""Which connections may be plain: on this host, and to hosts that a setting names."""

from collections.abc import Collection
from urllib.parse import parse_qs, urlsplit

ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})


class PlainConnectionError(Exception):
    """A connection would leave this host without TLS; the text names the setting."""


def refuse_plain_database(setting: str, url: str, plain_hosts: Collection[str]) -> None:
    """Raises PlainConnectionError when this database would be reached without TLS elsewhere."""
    if _ssl_mode(url) in ENCRYPTED:
        return
    _refuse(setting, _hosts(urlsplit(url).netloc), plain_hosts, "add ?sslmode=verify-full to it")


def refuse_plain_broker(
    setting: str, servers: str, protocol: str, plain_hosts: Collection[str]
) -> None:
    """The same for a list of brokers."""
    if protocol != "SASL_SSL":
        remedy = setting.replace("BOOTSTRAP_SERVERS", "SECURITY_PROTOCOL=SASL_SSL")
        _refuse(setting, _hosts(servers), plain_hosts, f"set {remedy}")


def refuse_plain_mail(setting: str, host: str, security: str, plain_hosts: Collection[str]) -> None:
    """The same for the mail server; what it is named does not hold a port."""
    if security == "none":
        remedy = setting.replace("HOST", "SECURITY=starttls")
        _refuse(setting, [host], plain_hosts, f"set {remedy}")


def for_dbmate(setting: str, url: str, plain_hosts: Collection[str]) -> str:
    """The address as dbmate takes it: it has no default that tries both ways.

    Raises PlainConnectionError.
    """
    refuse_plain_database(setting, url, plain_hosts)
    if _ssl_mode(url) is not None:
        return url
    return f"{url}{'&' if '?' in url else '?'}sslmode=disable"


def _ssl_mode(url: str) -> str | None:
    return parse_qs(urlsplit(url).query).get("sslmode", [None])[-1]


def _hosts(places: str) -> list[str]:
    """The hosts of `user:password@host:port,host:port`."""
    found = []
    for place in places.rpartition("@")[2].split(","):
        host = place.strip()
        found.append(host[1:].partition("]")[0] if host[:1] == "[" else host.partition(":")[0])
    return found


def _refuse(setting: str, hosts: list[str], plain_hosts: Collection[str], remedy: str) -> None:
    for host in hosts:
        if not _is_here(host) and host not in plain_hosts:
            names = f"{setting.partition('_')[0]}_PLAIN_HOSTS"
            raise PlainConnectionError(
                f"{setting} leads to {host} without TLS: {remedy}, or name the host in {names} "
                "if nobody else is on the network between"
            )


def _is_here(host: str) -> bool:
    return host in ("", "localhost", "::1") or host.startswith(("127.", "/", "%2F"))
