"""How a service signs in at the broker: plainly on this host, by SASL and TLS elsewhere."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faststream.security import BaseSecurity, SASLScram512


@dataclass(frozen=True, slots=True)
class BrokerAccess:
    """Where the brokers are and who we are there. With SASL by SCRAM-SHA-512."""

    bootstrap_servers: str
    protocol: str = "PLAINTEXT"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    """Who signed the brokers' certificates; without it, the authorities of the system."""

    def _tls(self) -> ssl.SSLContext | None:
        if self.protocol != "SASL_SSL":
            return None
        return ssl.create_default_context(cafile=self.ca_file)

    def options(self) -> dict[str, Any]:
        """For a client of aiokafka."""
        found: dict[str, Any] = {"bootstrap_servers": self.bootstrap_servers}
        if self.protocol != "PLAINTEXT":
            found |= {
                "security_protocol": self.protocol,
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
                "ssl_context": self._tls(),
            }
        return found

    def security(self) -> BaseSecurity | None:
        """For the subscriber's broker."""
        if self.protocol == "PLAINTEXT":
            return None
        tls = self._tls()
        return SASLScram512(self.username, self.password, ssl_context=tls, use_ssl=tls is not None)
