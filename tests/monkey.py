"""A seeded random user of the whole window: clicks, drags, keys, menus, files, presets and runs, in any order.

`Monkey.act` does one thing. Events go to the window as the window system would send them, so that popups, drags and
the keyboard focus work as they do for a person. Nothing is asserted here: see `watching` for what keeps
an eye on the window meanwhile.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDrag, QDragEnterEvent, QDropEvent, QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QMenu, QWidget
from shiboken6 import isValid

from playground.gui.start.program import Program
from playground.gui.style.action import leaves
from playground.spec.data.dataset import Dataset
from playground.spec.edits import Set
from playground.spec.files.presets import presets
from playground.spec.messages import message

STUCK = 0.4  # seconds after which a menu, a dialog or a drag that was opened is ended
NO_MODIFIER = Qt.KeyboardModifier.NoModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
KEYS = (
    *(getattr(Qt.Key, f"Key_{name}") for name in ("Tab", "Backtab", "Return", "Enter", "Escape", "Space", "Delete")),
    *(getattr(Qt.Key, f"Key_{name}") for name in ("Backspace", "Up", "Down", "Left", "Right", "Home", "End")),
    *(getattr(Qt.Key, f"Key_{name}") for name in ("PageUp", "PageDown", "Plus", "Minus", "Menu", "F1", "F2")),
    *(getattr(Qt.Key, f"Key_{sign}") for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    *(getattr(Qt.Key, f"Key_{name}") for name in ("Period", "Comma", "Slash", "Colon", "ParenLeft", "Percent")),
)


class Monkey(QObject):
    """Does one random thing at a time to a program whose window is shown.

    What it must not do is disabled: to quit, to download, and to use Qt's file dialogs.
    """

    def __init__(self, program: Program, seed: int, files: Sequence[Path], only: Sequence[str] = ()) -> None:
        """`only`: the kinds of action, such as `click` and `drag`; all where it is empty."""
        super().__init__()
        self._program, self._random, self._files = program, Random(seed), tuple(files)
        self._since: float | None = None  # when the present action began
        self.done: Counter[str] = Counter()
        self.last: deque[str] = deque(maxlen=40)
        self._rescue = QTimer(self)
        self._rescue.setInterval(100)
        self._rescue.timeout.connect(self._rescue_soon)
        self._rescue.start()
        deeds: tuple[tuple[int, Callable[[], str]], ...] = (
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
        self._deeds = [(weight, deed) for weight, deed in deeds if not only or deed.__name__[1:] in only]
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
        for button in QApplication.allWidgets():
            if isinstance(button, QAbstractButton) and button.text().startswith("Download"):
                button.setEnabled(False)

    def _rescue_soon(self) -> None:
        """A timer does not fire within its own slot, and what ends a menu may begin a drag."""
        QTimer.singleShot(0, self, self._end_what_blocks)

    def _end_what_blocks(self) -> None:
        """A menu, a dialog or a drag runs an event loop of its own, which ends only if someone ends it."""
        if self._since is None or time.monotonic() - self._since < STUCK:
            return
        self._since = time.monotonic()
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None:
            popup.close()
        elif isinstance(modal, QDialog):
            QDrag.cancel()  # of a text in it: its event loop would never end once the dialog is gone
            buttons = within(modal, lambda widget: isinstance(widget, QAbstractButton) and widget.isVisible())
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
                    if isValid(window):  # the key before may have closed it
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
        for widget in within(top, lambda widget: widget.isVisible() and not widget.visibleRegion().isEmpty()):
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
        target = self._random.choice([window, *within(window, QWidget.acceptDrops)])
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


def within(top: QWidget, wanted: Callable[[QWidget], bool] = lambda _: True) -> list[QWidget]:
    """A window and the widgets in it that are wanted, from top to bottom.

    Not by `findChildren`: the window's Python object would keep those of all widgets that Qt made, such as scroll bars,
    for good, also when Qt has deleted them.
    """
    found = [widget for widget in QApplication.allWidgets() if widget.window() is top and wanted(widget)]

    def place(widget: QWidget) -> tuple[int, int, int, int, str]:
        corner = widget.mapTo(top, QPoint())
        return corner.y(), corner.x(), widget.height(), widget.width(), type(widget).__name__

    return sorted(found, key=place)  # Qt has them in an order of its own, a different one in every process


def _handle(top: QWidget) -> QWindow | None:
    """The window that the window system knows, or None; valid only as long as `top` is referred to."""
    handle = top.windowHandle() if isValid(top) else None
    return handle if handle is not None and isValid(handle) else None
