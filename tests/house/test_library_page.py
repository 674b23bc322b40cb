"""House rules on docs/how-to/library.md: each example runs, with Django absent, and says what the page says."""

from __future__ import annotations

import subprocess
import sys

from tests.house.source import ROOT
from tests.house.test_imports import BLOCKER

EXAMPLES = BLOCKER.split("for room in")[0] + """
import doctest, re
text = sys.stdin.read()
blocks = re.findall(r"```pycon\\n(.*?)```", text, re.S)
assert blocks, "the page shows no example"
test = doctest.DocTestParser().get_doctest("\\n".join(blocks), {}, "library.md", None, 0)
runner = doctest.DocTestRunner()
runner.run(test)
failed, tried = runner.summarize(verbose=False)
print(tried)
sys.exit(1 if failed else 0)
"""


def run(page: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", EXAMPLES], input=page, cwd=ROOT / "src", capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip


def test_every_example_of_the_library_page_runs_with_django_absent() -> None:
    wrong = run("```pycon\n>>> from passerelle.names import compare\n>>> 1 + 1\n3\n\n```\n")
    assert wrong.returncode == 1, "an example that says something else went unnoticed"
    absent = run("```pycon\n>>> import django\n\n```\n")
    assert absent.returncode == 1, "Django was there"
    assert "as on an auditor's machine" in absent.stdout

    done = run((ROOT / "docs" / "how-to" / "library.md").read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[-1]) > 15
