"""What the papers say is there, is there; what must never be written down is not."""

import re
import subprocess
from pathlib import Path

import pytest

from server.settings import Settings

ROOT = Path(__file__).parents[2]
PAPERS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "RESULTS.md"]
# Assembled, so that this file does not contain what it looks for.
FORBIDDEN = (
    "registry." + "npmjs",
    "files." + "pythonhosted",
    "pypi" + ".org",
    "/work" + "/",
    "../" + "shared",
)


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_papers_lead_somewhere(paper: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", paper.read_text())

    assert not [link for link in links if not (paper.parent / link).exists()]


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    fields = {f"HOULE_{name.upper()}" for name in Settings.model_fields if name.islower()}
    documented = set(re.findall(r"`(HOULE_[A-Z0-9_]+)`", (ROOT / "docs/operations.md").read_text()))

    assert documented == fields


def test_every_target_the_papers_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target for paper in PAPERS for target in re.findall(r"`make ([a-z-]+)`", paper.read_text())
    }

    assert named <= targets


def test_no_registry_host_or_path_of_a_machine_is_written_down() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked()
        if path.is_file() and path.suffix != ".png"
        for word in FORBIDDEN
        if word in path.read_text(errors="replace")
    ]

    assert not guilty


def test_the_image_is_built_by_the_steps_of_the_makefile() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    steps = re.findall(r"make (\S+) VENV", dockerfile)
    targets = set(re.findall(r"^([\w/.$()-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert steps == ["server/page/index.html", "setup"]
    assert set(steps) <= targets
    assert "pip install" not in dockerfile
    assert dockerfile.rindex("USER 10001") > dockerfile.rindex("FROM")
