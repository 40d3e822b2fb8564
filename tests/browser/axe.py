"""axe-core (MPL-2.0), as npm gives it: what a machine can tell of a page's accessibility."""

import tempfile
from pathlib import Path

from playwright.async_api import Page

from deploy.local.account import cache_folder
from tests.browser.npm import fetch

PACKAGE = "axe-core@4.14.0"
SHA512 = (
    "f564d9c448ec67b6f5dd31fc24f99b576cfc0876e5f34ff6866dd73c41b82603"
    "5d40b2bcd480515e64b11df3003a44aa41e4714ffd1dc0d0f3d863a6df3ce971"
)

_RUN = """async () => {
    const found = await axe.run(document, {
        resultTypes: ['violations'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return found.violations.flatMap(
        rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}`));
}"""


def axe_source() -> str:
    """The script, fetched once per account."""
    kept = cache_folder() / "axe-core-4.14.0.js"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=cache_folder()) as name:
            (fetch(PACKAGE, SHA512, Path(name)) / "axe.min.js").rename(kept)
    return kept.read_text(encoding="utf-8")


async def violations(page: Page, source: str) -> list[str]:
    """Each broken rule with where. The page's policy lets no foreign script in: evaluate it."""
    await page.evaluate(source)
    found: list[str] = await page.evaluate(_RUN)
    return found
