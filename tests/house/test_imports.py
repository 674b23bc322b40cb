"""House rules on imports: the floors of the house, rules without Django, and one pen for the ledger."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT, Source, dotted, faults, imports, planted, sources, told

WITHOUT_DJANGO = (
    "words", "errors", "ids", "conf", "names", "ledger", "matching", "policy", "duty",
    "replay", "fairness", "capacity", "intake", "linkers",
)
"""Everything from *studies* down, intake, and the engines: an auditor, a Spark worker, a library user import these."""

PENS = ("flow/ledger_lines.py", "records/models/ledger.py")
LEDGER_TABLE = PACKAGE / "records" / "models" / "ledger.py"


def contracts() -> list[dict[str, object]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(settings["tool"]["importlinter"]["contracts"])


def lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--config", str(config), "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
        timeout=300,
    )  # fmt: skip


def test_imports_go_down_only_and_no_rule_knows_django() -> None:
    done = lint(ROOT / "src", ROOT / "pyproject.toml")
    assert done.returncode == 0, (
        f"\n{done.stdout[-4000:]}{done.stderr[-2000:]}\n"
        "Instead: let the lower room return a value, and call it from the room above. The floors are in docs/tour.md."
    )


def test_the_import_contracts_can_fail(tmp_path: Path) -> None:
    """A small house with the same kinds of contract and one wrong import of each kind: every contract breaks."""
    house = tmp_path / "house"
    for file, text in {
        "__init__.py": "", "web.py": "", "words.py": "import house.web\n", "attic.py": "",
        "rules.py": "import socket\n", "left.py": "import house.right\n", "right.py": "import house.left\n",
        "table.py": "", "thief.py": "from house.table import Line\n",
    }.items():
        house.mkdir(exist_ok=True)
        (house / file).write_text(text, encoding="utf-8")
    config = tmp_path / "house.toml"
    config.write_text(textwrap.dedent("""
        [tool.importlinter]
        root_packages = ["house"]
        include_external_packages = true
        [[tool.importlinter.contracts]]
        name = "layers"
        type = "layers"
        containers = ["house"]
        layers = ["web", "words"]
        [[tool.importlinter.contracts]]
        name = "exhaustive"
        type = "layers"
        containers = ["house"]
        exhaustive = true
        layers = ["web : words : rules : left : right : table : thief"]
        [[tool.importlinter.contracts]]
        name = "forbidden"
        type = "forbidden"
        source_modules = ["house.rules"]
        forbidden_modules = ["socket"]
        [[tool.importlinter.contracts]]
        name = "protected"
        type = "protected"
        protected_modules = ["house.table"]
        allowed_importers = ["house.right"]
        as_packages = false
        [[tool.importlinter.contracts]]
        name = "circles"
        type = "acyclic_siblings"
        ancestors = ["house"]
    """), encoding="utf-8")
    done = lint(tmp_path, config)
    assert done.returncode == 1, done.stdout + done.stderr
    for name in ("layers", "exhaustive", "forbidden", "protected", "circles"):
        assert f"{name} BROKEN" in done.stdout, f"the contract “{name}” did not break:\n{done.stdout}"


def test_the_contracts_say_what_the_architecture_says() -> None:
    by_id = {contract["id"]: contract for contract in contracts()}
    assert set(by_id) == {"layers", "rules-are-plain", "one-pen", "no-circles"}
    assert by_id["layers"]["exhaustive"] is True, "a new room must be given a floor"
    plain = {str(module).removeprefix("passerelle.") for module in by_id["rules-are-plain"]["source_modules"]}
    built = {room for room in WITHOUT_DJANGO if (PACKAGE / room).is_dir() or (PACKAGE / f"{room}.py").is_file()}
    assert built - {"linkers"} == plain & built, "a room built since must be added to the contract “rules-are-plain”"
    assert {"django", "socket", "pyspark"} <= set(by_id["rules-are-plain"]["forbidden_modules"])


BLOCKER = '''
import importlib, pkgutil, sys
BLOCKED = ("django", "whitenoise", "waitress", "psycopg", "pysqlite3", "pyspark")

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"{name} is absent, as on an auditor's machine", name=name)

sys.meta_path.insert(0, Absent())
imported = []

def take(name):
    module = importlib.import_module(name)
    imported.append(name)
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if found.name != "__main__":
            take(f"{name}.{found.name}")

for room in sys.argv[1:]:
    take(room)
print(len(imported))
'''


def import_without_django(rooms: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCKER, *rooms], capture_output=True, text=True, check=False, cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}, timeout=300,
    )


def test_everything_from_studies_down_is_imported_with_django_absent(tmp_path: Path) -> None:
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "__init__.py").touch()
    (tmp_path / "planted" / "deep.py").write_text("from django.db import models\n", encoding="utf-8")
    caught = import_without_django(["planted"], tmp_path)
    assert "django is absent" in caught.stderr, "the blocker let Django through"

    rooms = [
        f"passerelle.{room}" for room in WITHOUT_DJANGO
        if (PACKAGE / f"{room}.py").is_file() or (PACKAGE / room / "__init__.py").is_file()
    ]
    done = import_without_django(rooms, ROOT / "src")
    assert done.returncode == 0, (
        f"\n{done.stderr[-2000:]}\nInstead: take plain, frozen facts as arguments; flow turns rows into facts."
    )
    assert int(done.stdout) >= len(rooms)


def ledger_classes() -> set[str]:
    """The names of the classes that stand in the ledger's table file."""
    if not LEDGER_TABLE.is_file():
        return set()
    tree = ast.parse(LEDGER_TABLE.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def touches_the_ledger(file: Source, classes: set[str]) -> Iterator[tuple[int, str]]:
    """Each way around the import contract: the class by name, by attribute, in `get_model("…")`, its table in SQL."""
    for line, full, _ in imports(file):
        if full.split(".")[-1] in classes:
            yield line, f"import of {full}"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and (node.attr in classes or dotted(node).endswith("models.ledger")):
            yield node.lineno, dotted(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = set(node.value.replace(".", " ").replace('"', " ").split())
            tables = {f"records_{name.lower()}" for name in classes}
            if (len(words) <= 2 and words & classes) or words & tables:
                yield node.lineno, repr(node.value)


def test_one_file_of_flow_and_one_of_records_touch_the_ledgers_table() -> None:
    for wrong in (
        "from passerelle.records.models.ledger import Line", "from passerelle.records.models import Line",
        "models.Line.objects.count()", "apps.get_model('records', 'Line')", "apps.get_model('records.Line')",
        "cursor.execute('select * from records_line')", "table = models.ledger",
    ):
        assert faults(lambda file: touches_the_ledger(file, {"Line"}), [planted(wrong)]), f"the rule missed {wrong!r}"
    assert not faults(lambda file: touches_the_ledger(file, {"Line"}), [planted("from passerelle.flow import judge")])

    classes = ledger_classes()
    if not classes:
        pytest.skip("records/models/ledger.py is not built yet.")
    found = faults(lambda file: touches_the_ledger(file, classes), [f for f in sources() if f.where not in PENS])
    assert not found, told(
        found, "call passerelle.flow.ledger_lines; records/models/__init__ loads the module and offers no name of it."
    )
