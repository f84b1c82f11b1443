"""The formats in which a trained network can be taken along: one declaration each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.spec.files.file_kind import NETWORK_SUFFIX
from playground.spec.files.storage import FileError, shown, write_atomically
from playground.spec.messages import PlaygroundError, message, tr_noop

if TYPE_CHECKING:
    from playground.engine.export.exported import Exported
    from playground.engine.weights import Trained

INSTALL = "pip install playground[export]"


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    `function` is the name of a function in a module of this folder: it takes a `Trained`, and `whole` where
    `takes_whole`, and returns an `Exported`. The module is imported when it is needed.
    """

    id: str  # its name on the command line
    title: str
    suffix: str  # of its files
    purpose: str  # what it is for, as a sentence
    function: str  # `module.name`
    takes_whole: bool = False  # whether preprocessing and probabilities can be part of it

    def made(self, trained: Trained, *, whole: bool = False) -> Exported:
        """The network in this format, verified; nothing is written.

        Raises:
            PlaygroundError: it cannot be exported, answers differently, or a library is missing.
        """
        if whole and not self.takes_whole:
            words = tr_noop("{title} cannot hold what comes before and after a network: leave out “--whole”.")
            raise PlaygroundError(message(words, title=self.title))
        module, _, name = self.function.partition(".")
        function: Any = getattr(import_module(f"playground.engine.export.{module}"), name)
        export: Callable[..., Exported] = function
        try:
            return export(trained, whole=whole) if self.takes_whole else export(trained)
        except ModuleNotFoundError as error:
            words = tr_noop("{title} needs further libraries: run “{command}”.")
            raise PlaygroundError(message(words, title=self.title, command=INSTALL)) from error

    def write(self, trained: Trained, out: Path, *, whole: bool = False) -> Exported:
        """Write the network to a file, after it was verified; an existing file stays intact if anything fails.

        Raises:
            PlaygroundError: as `made`, or the file cannot be written, or a file that belongs beside it is there
                already without it.
        """
        found = self.made(trained, whole=whole)
        there = out.exists()  # then those beside it are of an earlier export
        for ending, data in found.beside:
            other = out.with_suffix(ending)
            if other.exists() and not there:
                words = tr_noop("“{file}” is there already, and would be replaced. Choose another name.")
                raise FileError(message(words, file=shown(other)))
            write_atomically(other, data)
        write_atomically(out, found.data)
        return found


FORMATS = (
    Format(
        "onnx",
        "ONNX",
        ".onnx",
        tr_noop("Phones, browsers, C++, Java and C#: onnxruntime and most other runtimes read it."),
        "onnx_file.export_onnx",
        takes_whole=True,
    ),
    Format(
        "pt2",
        "ExportedProgram",
        ".pt2",
        tr_noop("PyTorch without the code of the layers: graph and weights in one file."),
        "program_file.export_program",
        takes_whole=True,
    ),
    Format(
        "state",
        tr_noop("Weights"),
        NETWORK_SUFFIX,
        tr_noop("Your own PyTorch program: the tensors by name, without layers."),
        "weights_file.export_weights",
    ),
    Format(
        "notebook",
        tr_noop("Notebook"),
        ".ipynb",
        tr_noop("Jupyter: load, build, train, evaluate and plot, cell by cell."),
        "script_file.export_notebook",
    ),
    Format(
        "script",
        tr_noop("PyTorch program"),
        ".py",
        tr_noop("To read, change and train it again, without Playground."),
        "script_file.export_script",
    ),
    Format(
        "keras",
        tr_noop("Keras program"),
        ".py",
        tr_noop("Keras 3, on JAX, TensorFlow or PyTorch; the weights are in an .npz file beside it."),
        "keras_program.export_keras",
    ),
    Format(
        "card",
        tr_noop("Model card"),
        ".md",
        tr_noop("For people: data, training, figures, size, speed and limits, as Markdown."),
        "card.export_card",
    ),
)


FEWER_BITS = (  # made and measured by `quantization`, which compares each with the network in float32
    Format(
        "int8",
        tr_noop("ONNX in int8"),
        ".onnx",
        tr_noop("About a quarter of the size: weights are integers (dynamic ranges)."),
        "quantization.export_int8",
    ),
    Format(
        "int8-static",
        tr_noop("ONNX in int8, calibrated"),
        ".onnx",
        tr_noop("The same, and faster on most CPUs: ranges are fixed from training samples."),
        "quantization.export_int8_static",
    ),
    Format(
        "float16",
        tr_noop("Weights in float16"),
        NETWORK_SUFFIX,
        tr_noop("Half the size, computed as before: Playground opens it, and trains it further."),
        "quantization.export_float16",
    ),
)


def format_named(name: str) -> Format:
    """The format of that id.

    Raises:
        KeyError: there is none.
    """
    return {item.id: item for item in (*FORMATS, *FEWER_BITS)}[name]
