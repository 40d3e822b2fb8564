"""Writes the documents that are made from the code.

python -m tests.architecture.generate
"""

from collections.abc import Callable, Mapping

from tests.architecture import events_page, not_here_yet, promises_page, states_page
from tests.architecture.tree import ROOT

DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "README.md": not_here_yet.readme,
    "docs/events.md": events_page.page,
    "docs/promises.md": promises_page.page,
    "docs/states.md": states_page.page,
}


def main() -> None:
    """Write them all."""
    for name, page in DOCUMENTS.items():
        (ROOT / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
