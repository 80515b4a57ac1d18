"""Schemathesis reads the OpenAPI document, and asks a server what it does not expect."""

import subprocess
import sys
from pathlib import Path

from tests.server.served import houle, serving

EXAMPLES = "3"  # of each operation, behind those at the edges of its schema
CALLED = (sys.executable, "-m", "schemathesis.cli", "run", "--no-color", "--warnings", "off")
ALIKE = ("--generation-deterministic", "--max-examples", EXAMPLES, "--phases", "coverage,fuzzing")
# The document tells less than the rules do: a name that is taken, a cursor that is not ours.
EXCLUDED = ("--exclude-checks", "positive_data_acceptance")


def test_whatever_is_asked_the_answer_is_one_that_the_document_promises(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as served:
        token = houle("token", "admin", data=data).stdout.strip()
        asked = subprocess.run(
            [
                *(*CALLED, *ALIKE, *EXCLUDED),
                *("--header", f"Authorization: Bearer {token}"),
                f"http://127.0.0.1:{served.port}/api/openapi.json",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )

        assert asked.returncode == 0, asked.stdout
        assert "Tested: " in asked.stdout
        assert '"status": 500' not in served.log.read_text()
