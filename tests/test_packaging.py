"""What the program looks like to a desktop, and what a wheel of it holds."""

from __future__ import annotations

import argparse
import configparser
import json
import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from playground import __version__
from playground.cli.main import _parser
from playground.cli.serve_command import serve_command
from playground.engine.service import DRAIN, TOKEN
from playground.gui.start.app import DESKTOP_FILE, NAME
from playground.spec.files.presets import presets
from playground.spec.files.resources import resource

TOP = Path(__file__).parent.parent
PACKAGING = TOP / "packaging"
ID = "app.playground.Playground"


@pytest.fixture(scope="module")
def desktop() -> configparser.SectionProxy:
    """The desktop entry."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # the keys are case-sensitive
    parser.read(PACKAGING / f"{ID}.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


@pytest.fixture(scope="module")
def metainfo() -> ElementTree.Element:
    """The AppStream description."""
    return ElementTree.parse(PACKAGING / f"{ID}.metainfo.xml").getroot()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel, built with the build tool that is installed here."""
    pytest.importorskip("hatchling", reason="the build tool is not installed here; pip fetches it by itself")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=TOP, check=True, capture_output=True, timeout=100)
    (found,) = folder.glob("*.whl")
    with zipfile.ZipFile(found) as archive:
        return set(archive.namelist())


def test_desktop_entry_starts_the_installed_command(desktop: configparser.SectionProxy) -> None:
    scripts = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert desktop["Exec"].split()[0] in scripts
    assert desktop["Icon"] == DESKTOP_FILE == ID
    assert desktop["StartupWMClass"] == NAME


def test_description_belongs_to_the_entry_and_to_this_version(metainfo: ElementTree.Element) -> None:
    assert metainfo.findtext("id") == ID
    assert metainfo.findtext("launchable") == f"{ID}.desktop"
    release = metainfo.find("releases/release")
    assert release is not None
    assert release.get("version") == __version__


def test_file_type_is_the_same_everywhere(desktop: configparser.SectionProxy, metainfo: ElementTree.Element) -> None:
    name = metainfo.findtext("provides/mediatype")
    namespace = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    declared = ElementTree.parse(PACKAGING / f"{ID}.xml").getroot().find("m:mime-type", namespace)
    assert declared is not None
    assert declared.get("type") == name
    assert desktop["MimeType"].strip(";") == name


def test_icon_of_the_desktop_is_that_of_the_window() -> None:
    assert (PACKAGING / f"{ID}.svg").read_bytes() == resource("icons", "playground.svg").read_bytes()


def test_wheel_holds_every_resource(wheel: set[str]) -> None:
    resources = TOP / "resources"
    expected = {f"playground/resources/{path.relative_to(resources)}" for path in files_of(resources)}
    assert expected <= wheel
    assert {f"playground/resources/presets/{entry.id}.json" for entry in presets()} <= wheel
    parts = files_of(TOP / "playground" / "engine" / "service" / "page_parts")
    assert {path.relative_to(TOP).as_posix() for path in parts} <= wheel


def test_wheel_holds_nothing_else(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert tops == {"playground", f"playground-{__version__}.dist-info"}


def served(words: Sequence[str]) -> argparse.Namespace:
    """What the program's own command line makes of the words after `playground`."""
    assert words[0] == "serve"
    found: argparse.Namespace = _parser().parse_args(list(words))
    assert found.run is serve_command
    return found


def test_container_runs_the_command_line_of_this_version() -> None:
    lines = (PACKAGING / "Containerfile").read_text("utf-8").replace("\\\n#", "").splitlines()
    (entry,) = (json.loads(line.removeprefix("ENTRYPOINT ")) for line in lines if line.startswith("ENTRYPOINT "))
    (example,) = (shlex.split(line.removeprefix("#")) for line in lines if line.startswith("#   podman run"))
    (exposed,) = (line.split()[1] for line in lines if line.startswith("EXPOSE "))
    (health,) = (line for line in lines if line.startswith("HEALTHCHECK "))
    assert entry[0] == "playground"
    image = example.index("playground")
    found = served([*entry[1:], *example[image + 1 :]])
    assert (found.host, str(found.port), found.networks) == (
        "0.0.0.0",
        exposed,
        ["digits=/networks/digits.safetensors"],
    )
    assert f":{exposed}/readyz" in health
    assert example[example.index("-p") + 1].endswith(f":{exposed}")
    assert int(example[example.index("--stop-timeout") + 1]) > DRAIN  # what has begun is answered first
    assert example[example.index("-e") + 1] == TOKEN  # another host than this machine's own needs one
    extras = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert all(extra in extras for line in lines for extra in re.findall(r"\[([a-z]+)\]\"", line))
    copied = [
        name for line in lines if line.startswith("COPY ") and "--from" not in line for name in line.split()[1:-1]
    ]
    assert all((TOP / name).exists() for name in copied)


def test_unit_runs_the_command_line_of_this_version() -> None:
    text = (PACKAGING / "playground-serve.service").read_text("utf-8")
    unit = configparser.RawConfigParser(strict=False, comment_prefixes="#")
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # the keys are case-sensitive
    unit.read_string(text)
    service = unit["Service"]
    (networks,) = re.findall(r"NETWORKS=([^']+)'", text)
    command = (
        service["ExecStart"].replace("$NETWORKS", networks).replace("${CREDENTIALS_DIRECTORY}", "/run/credentials")
    )
    program, *words = shlex.split(command)
    found = served(words)
    assert Path(program).name in tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert (found.host, found.networks) == ("127.0.0.1", ["digits=/etc/playground/digits.safetensors"])
    assert found.token_file.name == service["LoadCredential"].split(":")[0] == "token"
    assert int(service["TimeoutStopSec"]) > DRAIN  # what has begun is answered first
    assert '"playground[serve]"' in text


def files_of(folder: Path) -> set[Path]:
    """All files below a folder, as far as git would take them."""
    return {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
