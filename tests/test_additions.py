"""A layer, an optimizer, a loss, a pattern, data sets and a panel are added by writing them; nothing else is edited.

Each is written into a copy of the package, and the contract tests, which name no component, are run on it there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent

LAYER = '''

class Hardtanh(Activation):
    """`torch.nn.Hardtanh`."""

    id: ClassVar[str] = "hardtanh"
    label: ClassVar[str] = tr_noop("Hardtanh")
    help: ClassVar[str] = tr_noop("Cuts numbers off at -1 and 1.")

    def calls(self, shape: Shape) -> tuple[Call, ...]:
        return (call("torch.nn.Hardtanh"),)

    def at(self, x: float) -> float:
        return min(max(x, -1.0), 1.0)
'''

OPTIMIZER = '''

class AMSGrad(Optimizer):
    """`torch.optim.Adam` with `amsgrad` (Reddi, Kale and Kumar, 2018, arXiv:1904.09237)."""

    id: ClassVar[str] = "amsgrad"
    label: ClassVar[str] = tr_noop("AMSGrad")
    help: ClassVar[str] = tr_noop("Adam that divides by the largest mean squared gradient so far.")
    memory: ClassVar[int] = 3
    fused: ClassVar[tuple[str, ...]] = ("cpu", "cuda", "mps")

    def call(self) -> Call:
        return call("torch.optim.Adam", lr=self.lr, amsgrad=True)
'''

LOSS = '''

EXP = OutputActivation("exp", call("torch.exp"))  # its logarithm are the outputs themselves


class PoissonNLL(Loss):
    """`torch.nn.functional.poisson_nll_loss` of the logarithm of a rate."""

    id: ClassVar[str] = "poisson_nll"
    label: ClassVar[str] = tr_noop("Poisson")
    help: ClassVar[str] = tr_noop("For counts: how improbable they are at the rates that the network gives.")
    takes: ClassVar[frozenset[Targets]] = frozenset(("values", "probabilities"))
    target: ClassVar[Target] = "one_hot"
    output_activation: ClassVar[OutputActivation] = EXP

    def call(self) -> Call:
        return call("torch.nn.functional.poisson_nll_loss")
'''

PATTERN = '''

class Stripes(Pattern):
    """Three bands."""

    id: ClassVar[str] = "stripes"
    label: ClassVar[str] = tr_noop("Stripes")
    help: ClassVar[str] = tr_noop("Three bands side by side.")

    @property
    def classes(self) -> int:
        return 3
'''

STRIPES = '''

def stripes(count: int, noise: float, seed: int) -> list[Point]:
    """Three bands side by side, a class each."""

    def place(chance: Random, label: int) -> tuple[float, float]:
        return chance.uniform(-5.0, -2.0) + 3.5 * label, chance.uniform(-5.0, 5.0)

    return _scattered(place, 3, count, noise, seed)
'''

PROVERBS = "Still waters run deep. Who is there? No news, good news!\n" * 40

TEXT = '''"""Proverbs."""

from __future__ import annotations

from typing import ClassVar

from playground.spec.data.text_facts import Facts
from playground.spec.datasets.text import Text
from playground.spec.messages import tr_noop


class Proverbs(Text):
    """Three of them, again and again."""

    id: ClassVar[str] = "proverbs"
    label: ClassVar[str] = tr_noop("Proverbs")
    help: ClassVar[str] = tr_noop("Three proverbs. Which character comes next?")
    file: ClassVar[str] = "proverbs.txt"

    @property
    def facts(self) -> Facts:
        return Facts(characters=2280, alphabet=24, kept=2120, letters=17, marks=4, cased=True)
'''

DATASET = '''"""Counts in a file of a person's own, one to a line: how many will there be next?"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from playground.spec.call import Call, call
from playground.spec.data.dataset import Dataset, Loading
from playground.spec.data.source_choice import SourceChoice
from playground.spec.data.task import Score, Task
from playground.spec.layer import Shape
from playground.spec.messages import Message, message, tr_noop


class Counts(Dataset):
    """Three counts, and the one behind them."""

    id: ClassVar[str] = "counts"
    label: ClassVar[str] = tr_noop("Counts")
    help: ClassVar[str] = tr_noop("A file of counts, one to a line. How many will there be next?")
    panel: ClassVar[str] = "counts"
    source_choice: ClassVar[SourceChoice | None] = SourceChoice(
        tr_noop("Choose counts"),
        call("playground.engine.data.sources.counts.inspect"),
        tr_noop("Counts (*.counts)"),
        suffixes=(".counts",),
        prompt=tr_noop("Choose a file of counts."),
    )

    source: tuple[int, ...] = Field(())

    @property
    def known(self) -> bool:
        return bool(self.source)

    @property
    def summary(self) -> Message:
        return message("{count:,} counts", count=len(self.source))

    @property
    def sample_shape(self) -> Shape:
        return (3,)

    @property
    def task(self) -> Task:
        return Task((1,), "values", Score.R2)

    @property
    def available(self) -> int:
        return max(0, len(self.source) - 3 - self.test_count)

    @property
    def test_count(self) -> int:
        return len(self.source) // 5

    def call(self) -> Call:
        return call("playground.engine.data.sources.counts.read", self)

    def loading(self) -> Loading:
        raise NotImplementedError
'''

SOURCE = '''"""Reads counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from playground.engine.data.in_memory import Data, InputTargetPairs
from playground.spec.data.source_choice import Inspected


def inspect(path: str, told: Any = None) -> Inspected:
    """The counts in a file."""
    return Inspected(tuple(map(int, Path(path).read_text().split())))


def read(data: Any) -> Data:
    """Inputs (N, 3) and targets (N, 1)."""
    rows = torch.tensor(data.source, dtype=torch.float32).unfold(0, 4, 1)
    ends = data.train_count, data.train_count + data.validation_count
    parts = rows[: ends[0]], rows[ends[0] : ends[1]], rows[ends[1] :]
    return Data(*(InputTargetPairs(part[:, :3].clone(), part[:, 3:].clone()) for part in parts))
'''

PANEL = '''"""The panel for counts."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from playground.gui.panels.panel import Panel, Surroundings


class CountsPanel(Panel):
    """Says that counts are counted."""

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__(QLabel(self.tr("Counts"), surroundings.window))
'''

USE_DATA_SET = """
from math import isclose
from pathlib import Path
from playground.engine.build import run
from playground.engine.data.in_memory import load
from playground.engine.training.trainer import Trainer
from playground.spec.check.problems import check
from playground.spec.data.dataset import dataset_of
from playground.spec.datasets.points import Plane
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.files.file_kind import is_source
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.recipe.losses import Loss
from playground.spec.recipe.recipe import Recipe

path = Path("own.counts")
path.write_text(" ".join(str(number % 7) for number in range(60)))
kind = dataset_of(path)
assert is_source(path) and kind.id == "counts", kind
data = kind.of_source(run(kind.source_choice.inspect, str(path)).source, Experiment().data)
assert str(data.summary) == "60 counts"
recipe = Recipe(loss=Loss.member("poisson_nll")(), epochs=3)
experiment = Experiment(data=data, stack=Stack(layers=(Linear(out_features=1),)), recipe=recipe)
assert not check(experiment), check(experiment)
trainer = Trainer(experiment, load(data))
done = list(trainer)[-1]
inputs, targets = load(data).test.cut(0, data.test_count)
rates = trainer.network(inputs).exp().detach()  # what is scored are the rates, and not their logarithms
assert isclose(done.test_rmse, (rates - targets).square().mean().sqrt().item(), rel_tol=1e-5)
r2 = 1 - (rates - targets).square().sum() / (targets - targets.mean()).square().sum()
assert isclose(done.test_score, r2.item(), rel_tol=1e-4)
heights = experiment.with_(data=next(kind() for kind in Plane.members() if kind().task.classes is None))
assert "squares(torch.exp(outputs), targets)" in script(heights)
"""

USE_PANEL = """
from playground.gui.panels.panel import Surroundings, TaskPane
from PySide6.QtWidgets import QApplication, QWidget
from playground.gui.session.document import Document
from playground.spec.data.dataset import Dataset
from playground.spec.experiment import Experiment

app = QApplication([])
window = QWidget()
document = Document(Experiment(data=Dataset.member("counts")()))
pane = TaskPane(Surroundings(document, None, None, None, window))
assert type(pane.panel).__name__ == "CountsPanel", pane.panel
assert pane.currentWidget().text() == "Counts"
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, and of its contract tests, with everything added."""
    top = tmp_path_factory.mktemp("additions")
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("playground", "tests/contract"):
        shutil.copytree(TOP / folder, top / folder, ignore=ignored)
    shutil.copytree(TOP / "resources", top / "resources", copy_function=os.symlink)
    for file in ("pyproject.toml", "tests/conftest.py", "tests/spreadsheets.py"):
        shutil.copy(TOP / file, top / file)
    spec, engine = top / "playground/spec", top / "playground/engine"
    for path, code in (
        (spec / "layers/activation.py", LAYER),
        (spec / "recipe/optimizers.py", OPTIMIZER),
        (spec / "recipe/losses.py", LOSS),
        (spec / "data/patterns.py", PATTERN),
        (engine / "data/sources/patterns.py", STRIPES),
        (spec / "datasets/proverbs.py", TEXT),
        (top / "resources/texts/proverbs.txt", PROVERBS),
        (spec / "datasets/counts.py", DATASET),
        (engine / "data/sources/counts.py", SOURCE),
        (top / "playground/gui/panels/counts/panel.py", PANEL),
    ):
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(code)
    return top


def run(package: Path, *arguments: str) -> str:
    """What a process of the copy says; it must succeed."""
    environment = {**os.environ, "PYTHONPATH": str(package), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=package, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(300)
def test_the_contract_holds_for_all_of_them(package: Path) -> None:
    """In one process: to import torch and to find the tests takes longer than the tests themselves."""
    modules = ("components", "datasets", "evaluation", "exported_loaders", "pairings", "replay")
    tests = [f"tests/contract/test_{module}.py" for module in modules]
    added = ("Hardtanh", "AMSGrad", "PoissonNLL", "poisson_nll", "stripes", "proverbs")
    done = run(package, "-m", "pytest", "-v", "-x", "-p", "no:cacheprovider", "-k", " or ".join(added), *tests)
    passed = "\n".join(line for line in done.splitlines() if " PASSED " in line)
    assert [name for name in added if name.lower() not in passed.lower()] == []


def test_data_of_a_file_of_ones_own_are_chosen_inspected_and_learned_with_a_new_loss(package: Path) -> None:
    run(package, "-c", USE_DATA_SET)


def test_a_panel_is_found_by_the_name_of_its_folder(package: Path) -> None:
    run(package, "-c", USE_PANEL)
