"""A seed file that cannot be used is said so in one sentence, without its values."""

from pathlib import Path

import pytest

from services.intake.on.clinic_recorded import ClinicEntry
from services.matching.rules.roster import RosterCoach
from shared.seed_file import SeedFileError, read_entries

EXAMPLES = Path(__file__).parents[3] / "deploy" / "local" / "demo_input"
SECRET = "riverbend-secret-too-short"


def test_a_roster_is_read() -> None:
    assert len(read_entries(EXAMPLES / "coaches.json", RosterCoach)) == 10


def test_the_example_of_clinics_needs_a_key_of_your_own(tmp_path: Path) -> None:
    text = (EXAMPLES / "clinics.json").read_text()
    mine = tmp_path / "clinics.json"
    mine.write_text(text.replace("{clinic_key}", "myclinic." + "q7Wd-0fZbN3xLr9TgVh2KpYs5JmEuA8c"))
    assert read_entries(mine, ClinicEntry)[0].number == "riverbend"
    with pytest.raises(SeedFileError, match=r"0\.api_key"):
        read_entries(EXAMPLES / "clinics.json", ClinicEntry)


@pytest.mark.parametrize(
    "secret", ["k" * 32, "abcd1234" * 4, "0" * 31 + "1", "Ab" * 20, "0123456789abcdef" * 3]
)
def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path, secret: str) -> None:
    text = (EXAMPLES / "clinics.json").read_text()
    mine = tmp_path / "clinics.json"
    mine.write_text(text.replace("{clinic_key}", f"myclinic.{secret}"))
    with pytest.raises(SeedFileError, match=r"0\.api_key: .*easy to guess.*token_urlsafe") as error:
        read_entries(mine, ClinicEntry)
    assert secret not in str(error.value)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (f'[{{"number": "1", "name": "A", "zone": "UTC", "api_key": "{SECRET}"}}]', "0.api_key"),
        (f'{{"number": "{SECRET}"}}', "list"),
        (f'["{SECRET}', "not JSON"),
        (f'["{SECRET}"]', "0: "),
    ],
)
def test_an_unusable_file_is_named_with_the_place_and_never_the_value(
    tmp_path: Path, content: str, place: str
) -> None:
    file = tmp_path / "clinics.json"
    file.write_text(content)
    with pytest.raises(SeedFileError) as error:
        read_entries(file, ClinicEntry)
    assert "clinics.json" in str(error.value)
    assert place in str(error.value)
    assert SECRET not in f"{error.value!r}{error.value.__cause__!r}"
    assert error.value.__suppress_context__


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedFileError, match="cannot be read: No such file"):
        read_entries(tmp_path / "nowhere.json", ClinicEntry)
