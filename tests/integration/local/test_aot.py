import os
import time
from pathlib import Path

import pytest

from deploy.local.aot import AotCache


@pytest.fixture
def cache(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> AotCache:
    """A cache of Kafka's classes in which `recorded` stands for what Java writes."""
    monkeypatch.setenv("ALONGSIDE_CACHE", str(scratch))
    return AotCache(scratch, scratch / "recorded", ("java", "options", "jars"))


def record(cache: AotCache, scratch: Path) -> None:
    """A first run that starts, becomes ready, stops cleanly and leaves its recording."""
    assert cache.options() == [f"-XX:AOTCacheOutput={scratch / 'recorded'}"]
    cache.trust()
    (scratch / "recorded").write_bytes(b"classes")
    cache.keep()


def uses(options: list[str]) -> bool:
    return options[0].startswith("-XX:AOTCache=")


def test_the_first_run_records_and_later_ones_use_what_it_recorded(
    cache: AotCache, scratch: Path
) -> None:
    record(cache, scratch)
    for _ in range(2):
        assert uses(cache.options())
        cache.trust()


def test_a_cache_with_which_the_broker_never_got_ready_is_thrown_away(
    cache: AotCache, scratch: Path
) -> None:
    record(cache, scratch)
    assert uses(cache.options())
    assert not uses(cache.options())
    assert not list(scratch.glob("*.aot"))


def test_a_cache_that_has_changed_since_is_not_used(cache: AotCache, scratch: Path) -> None:
    record(cache, scratch)
    (made,) = scratch.glob("*.aot")
    made.write_bytes(b"classeS")
    assert not uses(cache.options())


def test_a_run_that_recorded_nothing_leaves_all_as_it_was(cache: AotCache, scratch: Path) -> None:
    record(cache, scratch)
    assert uses(cache.options())
    cache.trust()
    cache.keep()
    assert uses(cache.options())


def test_another_java_or_other_jars_do_not_share_a_cache(cache: AotCache, scratch: Path) -> None:
    record(cache, scratch)
    other = AotCache(scratch, scratch / "recorded", ("java", "options", "other jars"))
    assert not uses(other.options())


def test_a_cache_nobody_used_for_a_month_makes_room_when_one_is_kept(
    cache: AotCache, scratch: Path
) -> None:
    record(cache, scratch)
    (old,) = scratch.glob("*.aot")
    long_ago = time.time() - 31 * 24 * 60 * 60
    os.utime(old, (long_ago, long_ago))
    record(AotCache(scratch, scratch / "recorded", ("new java",)), scratch)
    assert not old.exists()
    assert len(list(scratch.glob("*.aot"))) == len(list(scratch.glob("*.sha256"))) == 1
