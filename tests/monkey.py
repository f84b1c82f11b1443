"""A seeded random user of the whole window: clicks, drags, keys, menus, files, presets and runs, in any order.

`Monkey.act` does one thing. Events go to the window as the window system would send them, so that popups, drags and
the keyboard focus work as they do for a person. Nothing is asserted here: `Complaints` keeps what reached the log,
`Stalls` how long the event loop did not run.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QMenu, QWidget
from shiboken6 import isValid

from playground.gui.start.program import Program
from playground.gui.style.action import leaves
from playground.gui.style.dialogs import Answer
from playground.spec.data.dataset import Dataset
from playground.spec.edits import Set
from playground.spec.files.presets import presets
from playground.spec.messages import message

STUCK = 0.4  # seconds after which a menu, a dialog or a drag that was opened is ended
NO_MODIFIER = Qt.KeyboardModifier.NoModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
# What Qt says because of how events are sent here, or of the platform without a screen.
OWN = re.compile("occurs outside target window|^[^:]*: This plugin does not support")
KEYS = (
    *(getattr(Qt.Key, f"Key_{name}") for name in ("Tab", "Backtab", "Return", "Enter", "Escape", "Space", "Delete")),
    *(getattr(Qt.Key, f"Key_{name}") for name in ("Backspace", "Up", "Down", "Left", "Right", "Home", "End")),
    *(getattr(Qt.Key, f"Key_{name}") for name in ("PageUp", "PageDown", "Plus", "Minus", "Menu", "F1", "F2")),
    *(getattr(Qt.Key, f"Key_{sign}") for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    *(getattr(Qt.Key, f"Key_{name}") for name in ("Period", "Comma", "Slash", "Colon", "ParenLeft", "Percent")),
)


class Answers:
    """Answers in place of dialogs, at random; changes are never saved on the way out, for nobody leaves."""

    def __init__(self, random: Random, files: Sequence[Path], out: Path) -> None:
        self._random, self._files, self._out = random, files, out

    def unsaved(self, name: str) -> Answer:
        """Discard mostly, or cancel."""
        return self._random.choice((Answer.DISCARD, Answer.DISCARD, Answer.CANCEL))

    def open_path(self, folder: Path) -> Path | None:
        """Any of the files, or none."""
        return self._random.choice((*self._files, None))

    def save_path(self, title: str, suggestion: Path, filters: str) -> Path | None:
        """One of a few names, a folder that does not exist, or none."""
        name = f"{self._random.randrange(5)}{suggestion.suffix}"
        return self._random.choice((self._out / name, self._out / "missing" / name, None))

    def source_path(self, title: str, folder: Path, filters: str) -> Path | None:
        """Any of the files, or none."""
        return self._random.choice((*self._files, None))


class Monkey(QObject):
    """Does one random thing at a time to a program whose window is shown.

    What it must not do is disabled: to quit, to download, and to use Qt's file dialogs.
    """

    def __init__(self, program: Program, seed: int, files: Sequence[Path]) -> None:
        super().__init__()
        self._program, self._random, self._files = program, Random(seed), tuple(files)
        self._since: float | None = None  # when the present action began
        self.done: Counter[str] = Counter()
        self.last: deque[str] = deque(maxlen=40)
        self._rescue = QTimer(self)
        self._rescue.setInterval(100)
        self._rescue.timeout.connect(self._end_what_blocks)
        self._rescue.start()
        self._deeds: tuple[tuple[int, Callable[[], str]], ...] = (
            (30, self._click),
            (14, self._press_key),
            (8, self._drag),
            (6, self._wheel),
            (8, self._shortcut),
            (8, self._menu_action),
            (4, self._train),
            (3, self._choose_preset),
            (2, self._choose_data),
            (2, self._edit_recipe),
            (2, self._drop_file),
            (1, self._resize),
            (1, self._double_click),
        )
        program.file_menu.quit.setEnabled(False)

    def act(self) -> None:
        """Do one thing, and note what it was."""
        self._forbid()
        weights, deeds = zip(*self._deeds, strict=True)
        deed = self._random.choices(deeds, weights)[0]
        self._since = time.monotonic()
        self.last.append(f"{deed.__name__}…")
        what = deed()
        self._since = None
        self.last[-1] = f"{deed.__name__}: {what}"
        self.done[deed.__name__] += 1

    def close(self) -> None:
        """End what is open, and stop."""
        self._rescue.stop()
        for widget in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if widget is not None:
                widget.close()

    def _forbid(self) -> None:
        """No download."""
        for button in self._program.window.findChildren(QAbstractButton):
            if button.text().startswith("Download"):
                button.setEnabled(False)

    def _end_what_blocks(self) -> None:
        """A menu, a dialog or a drag runs an event loop of its own, which ends only if someone ends it."""
        if self._since is None or time.monotonic() - self._since < STUCK:
            return
        self._since = time.monotonic()
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            popup.close()
        elif isinstance(modal, QDialog):
            buttons = [button for button in modal.findChildren(QAbstractButton) if button.isVisible()]
            if buttons and not isinstance(modal, QFileDialog) and self._random.random() < 0.5:
                self._random.choice(buttons).click()
            else:
                modal.reject()
        else:
            handle = self._program.window.windowHandle()
            if self._random.random() < 0.7:
                QTest.mouseMove(handle, self._somewhere(self._program.window))
                QTest.mouseRelease(handle, LEFT, NO_MODIFIER, self._somewhere(self._program.window))
            else:  # the drag may have begun in any window
                for window in [item for item in QGuiApplication.topLevelWindows() if item.isVisible()]:
                    QTest.keyClick(window, Qt.Key.Key_Escape)

    def _top(self) -> QWidget:
        """The window that gets what a person does; never a file dialog: it can delete files and make folders."""
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QFileDialog):
                dialog.reject()
        return QApplication.activePopupWidget() or QApplication.activeModalWidget() or self._program.window

    def _target(self) -> tuple[QWidget, QPoint, str] | None:
        """A window, a place in it, and the name of the widget there: each kind of widget is as likely as any other."""
        top = self._top()
        kinds: dict[str, list[QWidget]] = {}
        for widget in (top, *top.findChildren(QWidget)):
            if widget.isVisible() and widget.window() is top and not widget.visibleRegion().isEmpty():
                kinds.setdefault(type(widget).__name__, []).append(widget)
        if not kinds or _handle(top) is None:
            return None
        kind = self._random.choice(sorted(kinds))
        widget = self._random.choice(kinds[kind])
        return top, widget.mapTo(top, self._somewhere(widget)), f"{kind} {widget.objectName() or widget.toolTip()[:30]}"

    def _somewhere(self, widget: QWidget) -> QPoint:
        visible = widget.visibleRegion().boundingRect()
        if visible.isEmpty():
            visible = widget.rect()
        x = self._random.randint(visible.left(), max(visible.left(), visible.right()))
        return QPoint(x, self._random.randint(visible.top(), max(visible.top(), visible.bottom())))

    def _modifiers(self) -> Qt.KeyboardModifier:
        modifier = Qt.KeyboardModifier
        return self._random.choices(
            (NO_MODIFIER, modifier.ControlModifier, modifier.ShiftModifier, modifier.AltModifier), (12, 2, 2, 1)
        )[0]

    def _click(self) -> str:
        target = self._target()
        if target is None:
            return "nothing there"
        top, place, name = target
        button = self._random.choices((LEFT, RIGHT), (8, 1))[0]
        handle, modifiers = _handle(top), self._modifiers()
        QTest.mousePress(handle, button, modifiers, place)
        if isValid(handle):
            QTest.mouseRelease(handle, button, modifiers, place)
        return name

    def _double_click(self) -> str:
        target = self._target()
        if target is None:
            return "nothing there"
        top, place, name = target
        handle = _handle(top)
        QTest.mouseDClick(handle, LEFT, NO_MODIFIER, place)
        return name

    def _drag(self) -> str:
        target = self._target()
        if target is None:
            return "nothing there"
        top, place, name = target
        handle, within = _handle(top), top.rect()  # asked first: what is pressed may delete itself
        QTest.mousePress(handle, LEFT, NO_MODIFIER, place)
        for _ in range(self._random.randint(2, 12)):
            moved = place + QPoint(self._random.randint(-40, 40), self._random.randint(-40, 40))
            place = moved if within.contains(moved) else place
            if handle is None or not isValid(handle) or self._top() is not top:
                return f"{name}, which opened or closed something"
            QTest.mouseMove(handle, place)
        if isValid(handle):
            QTest.mouseRelease(handle, LEFT, NO_MODIFIER, place)
        return name

    def _wheel(self) -> str:
        target = self._target()
        if target is None:
            return "nothing there"
        top, place, name = target
        turned = QPoint(0, self._random.choice((-240, -120, 120, 240)))
        handle = _handle(top)
        if handle is not None:
            QTest.wheelEvent(handle, QPointF(place), turned, QPoint(), NO_MODIFIER)
        return name

    def _press_key(self) -> str:
        key, modifiers = self._random.choice(KEYS), self._modifiers()
        if key == Qt.Key.Key_Q or (modifiers & Qt.KeyboardModifier.AltModifier and key == Qt.Key.Key_F4):
            return "none"
        for _ in range(self._random.choice((1, 1, 1, 5))):
            self._strike(key, modifiers)
        focused = QApplication.focusWidget()
        return f"{key.name} {modifiers.name} to {type(focused).__name__}"

    def _actions(self) -> list[QAction]:
        menus = [action.menu() for action in self._program.window.menuBar().actions()]
        found = [action for menu in menus if isinstance(menu, QMenu) for action in leaves(menu)]
        return [action for action in found if action.isEnabled() and action is not self._program.file_menu.quit]

    def _menu_action(self) -> str:
        if QApplication.activeModalWidget() is not None:
            return "a dialog is open"
        action = self._random.choice(self._actions())
        words = action.text()
        action.trigger()
        return words

    def _shortcut(self) -> str:
        action = self._random.choice(self._actions())
        keys = action.shortcut()
        words = action.text()
        for combination in (keys[index] for index in range(keys.count())):
            self._strike(combination.key(), combination.keyboardModifiers())
        return words

    def _strike(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        """Press a key and let it go.

        QTest sends modifiers as keys of their own, and crashes where the window is deleted between two of them: what
        waits to be deleted goes first, the release has no modifiers, and a menu, which Alt closes, gets no Alt.
        """
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        top = self._top()
        handle = _handle(top)
        if isinstance(top, QMenu):
            modifiers &= ~Qt.KeyboardModifier.AltModifier
        if handle is not None:
            QTest.keyPress(handle, key, modifiers)
        if handle is not None and isValid(handle):
            QTest.keyRelease(handle, key, NO_MODIFIER)

    def _train(self) -> str:
        run = self._program.run
        deed = self._random.choice((run.train, run.train, run.step, run.step_epoch, run.pause, run.stop, run.reset))
        if deed == run.train and not run.can_train:
            return "nothing to train"
        deed()
        return deed.__name__

    def _choose_preset(self) -> str:
        chosen = self._random.choice(presets())
        self._program.files.new(chosen)
        return chosen.id

    def _choose_data(self) -> str:
        kinds = sorted(Dataset.members(), key=lambda kind: kind.id)
        chosen = self._random.choice(kinds)
        self._program.document.do(Set(("data",), chosen(), message("Set data")))
        return chosen.id

    def _edit_recipe(self) -> str:
        """Short epochs and odd values, so that runs end while someone looks."""
        experiment = self._program.document.experiment
        place, value = self._random.choice(
            (
                (("recipe", "epochs"), self._random.choice((1, 1, 2))),
                (("recipe", "batch_size"), self._random.choice((1, 7, 64, 100_000))),
                (("seed",), self._random.randrange(2**31)),
            )
        )
        owner = experiment.recipe if place[0] == "recipe" else experiment
        with suppress(ValueError):  # a bound of the field
            owner.with_(**{place[-1]: value})
            self._program.document.do(Set(place, value, message("Set {field}", field=place[-1])))
        return f"{place[-1]} = {value}"

    def _drop_file(self) -> str:
        chosen = self._random.sample(self._files, self._random.choice((1, 1, 1, 2)))
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in chosen])
        window = self._program.window
        target = self._random.choice([window, *(w for w in window.findChildren(QWidget) if w.acceptDrops())])
        place = self._somewhere(target)
        enter = QDragEnterEvent(place, Qt.DropAction.CopyAction, mime, LEFT, NO_MODIFIER)
        QApplication.sendEvent(target, enter)
        if enter.isAccepted():
            drop = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, mime, LEFT, NO_MODIFIER, QEvent.Type.Drop)
            QApplication.sendEvent(target, drop)
        return f"{', '.join(path.name for path in chosen)} on {type(target).__name__}"

    def _resize(self) -> str:
        width, height = self._random.choice(((1024, 640), (1280, 720), (1440, 900), (1920, 1080), (300, 200)))
        self._program.window.resize(width, height)
        return f"{width} × {height}"


def _handle(top: QWidget) -> QWindow | None:
    """The window that the window system knows, or None; valid only as long as `top` is referred to."""
    handle = top.windowHandle() if isValid(top) else None
    return handle if handle is not None and isValid(handle) else None


class NoDesktop(QObject):
    """Opens no file manager for a folder, as long as it is not closed."""

    def __init__(self) -> None:
        super().__init__()
        QDesktopServices.setUrlHandler("file", self, "ignore")

    @Slot(QUrl)
    def ignore(self, _url: QUrl) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Let Qt open files again."""
        QDesktopServices.unsetUrlHandler("file")


class Complaints(logging.Handler):
    """Keeps what was logged as an error, and every warning of Qt."""

    def __init__(self, context: Callable[[], Sequence[str]] = tuple) -> None:
        """`context` tells what was done before."""
        super().__init__(logging.WARNING)
        self._context = context
        self.found: dict[str, str] = {}  # what was said first, by where it came from

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, unless it is a warning of ours: those tell of what was foreseen, such as a file that is damaged."""
        if record.levelno >= logging.ERROR or (record.name == "playground.qt" and not OWN.search(record.getMessage())):
            trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
            words = f"{record.levelname} {record.name}: {record.getMessage()}"
            frames = traceback.extract_tb(record.exc_info[2]) if record.exc_info else ()
            origin = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else words
            self.found.setdefault(origin, "\n".join((words, trace, "Before:", *self._context())))


class HeavyImports:
    """Complains of imports that take seconds and a hundred megabytes, and that nothing in the program needs."""

    _HEAVY = ("torch._dynamo", "torch._inductor", "triton._C", "torchvision")

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        """Python asks before it imports a module; it is found elsewhere."""
        if name in self._HEAVY:
            stack = "".join(line for line in traceback.format_stack() if "importlib" not in line)
            logging.getLogger("playground").error("%s is imported:\n%s", name, stack)

    def start(self) -> None:
        """Begin to listen."""
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Listen no more."""
        sys.meta_path.remove(self)


class Stall(NamedTuple):
    """How long the event loop did not run, and where it was meanwhile."""

    seconds: float
    where: str


class Stalls:
    """Watches, from a thread of its own, how long the event loop of the main thread does not run."""

    def __init__(self, longest: float) -> None:
        """`longest`: seconds that are no stall."""
        self.found: list[Stall] = []
        self.worst = 0.0
        self._longest, self._beat, self._end = longest, time.monotonic(), threading.Event()
        self._timer = QTimer()
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._note)
        self._thread = threading.Thread(target=self._watch, name="stalls", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._beat = time.monotonic()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread."""
        self._timer.stop()
        self._end.set()
        self._thread.join()

    def _note(self) -> None:
        self._beat = time.monotonic()

    def _watch(self) -> None:
        main = threading.main_thread().ident
        beat = None  # that of the stall which is going on
        while not self._end.wait(0.05):
            late = time.monotonic() - self._beat
            self.worst = max(self.worst, late)
            if late < self._longest:
                continue
            if beat == self._beat:
                self.found[-1] = self.found[-1]._replace(seconds=late)
                continue
            beat = self._beat
            frame = sys._current_frames().get(main or 0)
            self.found.append(Stall(late, "".join(traceback.format_stack(frame)) if frame else ""))


def make_files(folder: Path) -> tuple[Path, ...]:
    """Files to open and to drop: sound ones, damaged ones, and such as nothing can be done with."""
    from PIL import Image

    from playground.spec.files.experiment_file import write_experiment

    folder.mkdir(parents=True, exist_ok=True)
    write_experiment(presets()[0].experiment, folder / "sound.playground")
    texts = {
        "broken.playground": "{",
        "unknown.playground": '{"format": "playground", "version": 1}',
        "empty.playground": "",
        "table.csv": "a,b,kind\n" + "\n".join(f"{i},{i * i % 7},{'xy'[i % 2]}" for i in range(60)),
        "one-row.csv": "a,b\n1,2\n",
        "empty.csv": "",
        "separators.csv": ";;;\n;;;\n",
        "text.txt": "To be, or not to be, that is the question.\n" * 40,
        "short.txt": "a",
        "empty.txt": "",
        "model.pt": "PK",
        "model.safetensors": "not one",
        "book.ipynb": "{}",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    Image.new("L", (40, 40), 200).save(folder / "grey.png")
    for kind in ("cats", "dogs"):
        (folder / "pictures" / kind).mkdir(parents=True, exist_ok=True)
        for number in range(6):
            Image.new("RGB", (20, 20), (number * 40, 80, 120)).save(folder / "pictures" / kind / f"{number}.png")
    (folder / "nothing").mkdir(exist_ok=True)
    return (*sorted(folder.iterdir()), folder / "missing.playground")
