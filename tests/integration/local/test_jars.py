import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.errors import DownloadError
from deploy.local.jars import LIST, Progress, kafka_jars, system_certificates

JARS = {"broker.jar": b"the broker", "client.jar": b"the client"}


@pytest.fixture
def expected(tmp_path: Path) -> Path:
    """A list for two small files that stand for the 45 real ones."""
    lines = (f"{hashlib.sha256(body).hexdigest()}  {name}" for name, body in JARS.items())
    file = tmp_path / "jars.sha256"
    file.write_text("\n".join(lines) + "\n")
    return file


class Source:
    """A download that brings `jars` and counts how often it was asked."""

    def __init__(self, jars: dict[str, bytes]) -> None:
        self.jars, self.asked = jars, 0

    def __call__(self, folder: Path, progress: Progress | None) -> None:
        self.asked += 1
        for name, body in self.jars.items():
            kind = "modules" if name == "client.jar" else "jars"
            place = folder / "environment" / kind
            place.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(body)


@pytest.fixture
def get(tmp_path: Path, expected: Path) -> Callable[[Source], tuple[Path, list[str]]]:
    def get(source: Source) -> tuple[Path, list[str]]:
        said: list[str] = []
        return kafka_jars(tmp_path, say=said.append, fetch=source, expected=expected), said

    return get


Get = Callable[[Source], tuple[Path, list[str]]]


def test_what_is_right_is_downloaded_once_and_kept_flat(get: Get) -> None:
    source = Source(JARS)
    folder, said = get(source)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == JARS
    assert "Downloading" in said[0]
    assert get(source) == (folder, [])
    assert source.asked == 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"broker.jar": b"the broker", "client.jar": b"changed"}, "client.jar has the wrong"),
        ({"broker.jar": b"the broker"}, "client.jar is missing"),
        ({**JARS, "extra.jar": b"!"}, "extra.jar is not on the list"),
    ],
)
def test_a_wrong_download_is_refused_and_nothing_of_it_is_kept(
    get: Get, tmp_path: Path, wrong: dict[str, bytes], reason: str
) -> None:
    with pytest.raises(DownloadError, match=reason):
        get(Source(wrong))
    assert not list(tmp_path.glob("kafka-*"))
    folder, _ = get(Source(JARS))
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("damage", ["changed", "missing", "added"])
def test_a_cache_that_was_damaged_later_is_thrown_away_aloud(get: Get, damage: str) -> None:
    folder, _ = get(Source(JARS))
    match damage:
        case "changed":
            (folder / "client.jar").write_bytes(b"the clienT")
        case "missing":
            (folder / "client.jar").unlink()
        case _:
            (folder / "evil.jar").write_bytes(b"!")
    _, said = get(Source(JARS))
    assert "not as it should be" in said[0]
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == JARS


def test_an_interrupted_download_starts_over_in_an_empty_folder(get: Get, tmp_path: Path) -> None:
    class Interrupted(Source):
        def __call__(self, folder: Path, progress: Progress | None) -> None:
            super().__call__(folder, progress)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(Interrupted({"broker.jar": b"hal"}))
    (left,) = tmp_path.glob("kafka-*.part")
    (left / "environment" / "jars" / "stray.jar").write_bytes(b"!")
    folder, said = get(Source(JARS))
    assert "interrupted" in said[0]
    assert len(list(folder.iterdir())) == 2
    assert not left.exists()


def test_a_failing_network_is_named_with_the_way_out(get: Get, tmp_path: Path) -> None:
    class Unreachable(Source):
        def __call__(self, folder: Path, progress: Progress | None) -> None:
            raise ConnectionError("no route")

    with pytest.raises(DownloadError, match=r"no route.*check the network"):
        get(Unreachable({}))
    assert not list(tmp_path.glob("kafka-*"))


def test_the_committed_list_names_every_jar_once() -> None:
    names = [line.split()[1] for line in LIST.read_text().splitlines()]
    assert len(names) == len(set(names)) == 45
    assert {"kafka_2.13-4.4.0.jar", "kafka-clients-4.4.0.jar"} <= set(names)


def test_the_machines_own_certificates_are_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "authority.pem").write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert system_certificates() == str(tmp_path / "authority.pem")
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "empty"))
    assert system_certificates() is None
    (tmp_path / "empty" / "9d66eef0.0").write_text("")
    assert system_certificates() == str(tmp_path / "empty")
