"""`sam validate --lint` on the template, without a network and without credentials."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAM = ROOT / ".venv-sam/bin/sam"


@pytest.mark.skipif(not SAM.exists(), reason="SAM CLI is not installed: run `make sam-validate`")
def test_the_template_is_valid(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
    environ |= {"SAM_CLI_TELEMETRY": "0", "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    template = ["--template", str(ROOT / "sam-template.yaml"), "--region", "us-east-1"]
    done = subprocess.run(
        [str(SAM), "validate", "--lint", *template],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is a valid SAM Template" in done.stdout
