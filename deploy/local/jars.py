"""Kafka's jars: fetched by Maven coordinates, each compared with the sha256 list beside this file.

On its next run, the download library takes a broken file for a complete one. So a download
happens in an empty folder of its own, is compared both ways with the list, and is renamed
into place only when it is right; otherwise all of it is thrown away.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from jgo.constants import MAVEN_CENTRAL_URL
from jgo.env import EnvironmentBuilder, LinkStrategy
from jgo.maven import MavenContext, PythonResolver

from deploy.local.errors import DownloadError

KAFKA_VERSION = "4.4.0"

COORDINATES = "+".join(
    (
        f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}",
        # Named, because the resolver would take an old one out of log4j's dependency management.
        f"org.apache.kafka:kafka-clients:{KAFKA_VERSION}",
        "org.apache.logging.log4j:log4j-slf4j-impl:2.25.3",
        "org.apache.logging.log4j:log4j-core:2.25.3",
    )
)

LIST = Path(__file__).with_name("jars.sha256")

Say: TypeAlias = Callable[[str], None]
Progress: TypeAlias = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
Fetch: TypeAlias = Callable[[Path, Progress | None], None]


def kafka_jars(
    cache: Path,
    *,
    say: Say = print,
    progress: Progress | None = None,
    fetch: Fetch | None = None,
    expected: Path = LIST,
) -> Path:
    """Folder in `cache` with exactly the jars of the `expected` list; downloads what is missing.

    `say` gets one sentence when something has to be downloaded, with the reason. `progress` is
    called per file with its name and size in bytes, and yields a function that takes the
    bytes received. Safe to call from several processes at once. Raises DownloadError.
    """
    sums = expected.read_text(encoding="ascii")
    folder = cache / f"kafka-{KAFKA_VERSION}-{hashlib.sha256(sums.encode()).hexdigest()[:12]}"
    wanted = {name: digest for digest, name in (line.split() for line in sums.splitlines())}
    with _only_one(cache / "jars.lock"):
        if folder.is_dir():
            wrong = differences(folder, wanted)
            if not wrong:
                return folder
            say(f"{folder} is not as it should be ({wrong[0]}): starting over in an empty folder.")
            shutil.rmtree(folder)
        _download(folder, wanted, say, progress, fetch or _by_maven)
    return folder


def differences(folder: Path, wanted: dict[str, str]) -> list[str]:
    """How the files in `folder` differ from the list of name → sha256, both ways."""
    found = {file.name: file for file in folder.iterdir()}
    return [
        *(f"{name} is missing" for name in sorted(wanted.keys() - found.keys())),
        *(f"{name} is not on the list" for name in sorted(found.keys() - wanted.keys())),
        *(
            f"{name} has the wrong sha256"
            for name in sorted(wanted.keys() & found.keys())
            if _sha256(found[name]) != wanted[name]
        ),
    ]


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _download(
    folder: Path, wanted: dict[str, str], say: Say, progress: Progress | None, fetch: Fetch
) -> None:
    unfinished = folder.with_name(folder.name + ".part")
    if unfinished.exists():
        say("An earlier download of Kafka was interrupted: starting over in an empty folder.")
        shutil.rmtree(unfinished)
    say(f"Downloading Apache Kafka {KAFKA_VERSION} (45 MB, once for this user) …")
    jars = unfinished / "jars"
    jars.mkdir(parents=True)
    try:
        fetch(unfinished, progress)
    except Exception as error:
        shutil.rmtree(unfinished)
        raise DownloadError(
            f"Apache Kafka {KAFKA_VERSION} could not be downloaded ({type(error).__name__}: "
            f"{error}). It comes from Maven Central over HTTPS: check the network, the proxy "
            "settings and the free space, then start again."
        ) from error
    for file in sorted(unfinished.rglob("*.jar")):
        if file.parent.name in ("jars", "modules") and file.parent != jars:
            file.rename(jars / file.name)
    wrong = differences(jars, wanted)
    if wrong:
        shutil.rmtree(unfinished)
        raise DownloadError(
            f"what was downloaded is not Apache Kafka {KAFKA_VERSION} as it is listed in "
            f"{LIST.name}: {'; '.join(wrong[:3])}. It was thrown away: start again; if it "
            "happens twice, something between here and Maven Central changes files."
        )
    for file in jars.iterdir():
        file.chmod(0o644)
    jars.rename(folder)
    shutil.rmtree(unfinished)


def _by_maven(folder: Path, progress: Progress | None) -> None:
    """Resolve and copy the jars below `folder`, with a Maven cache of its own inside it."""
    trusted = system_certificates()
    if trusted is not None:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", trusted)
    context = MavenContext(
        resolver=PythonResolver(progress_callback=progress),
        repo_cache=folder / "maven",
        local_repos=[],
        remote_repos={"central": MAVEN_CENTRAL_URL},
    )
    builder = EnvironmentBuilder(
        context=context, cache_dir=folder / "environment", link_strategy=LinkStrategy.COPY
    )
    builder.from_endpoint(COORDINATES)


def system_certificates() -> str | None:
    """File or folder of the certificates that this machine trusts; None when it has none.

    The download library would only know its own list, and fail behind a proxy whose
    authority the machine's owner has installed for all other programs.
    """
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return paths.cafile
    folder = Path(paths.capath) if paths.capath else None
    return str(folder) if folder is not None and any(folder.glob("*.0")) else None


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """One process at a time; the others wait here and then find the work done."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
