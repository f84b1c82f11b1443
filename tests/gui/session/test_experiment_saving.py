"""Where runs are not stored, or a network is lost there, it is saved in a file beside its experiment."""

from __future__ import annotations

from pathlib import Path

from playground.engine.weights import save_weights
from playground.gui.session.run_state import RunState, Start
from playground.gui.style.dialogs import Answer
from playground.spec.edits import Set
from playground.spec.files.experiment_file import FileLink, read_experiment_file
from playground.spec.files.network_file import checksum_of
from playground.spec.messages import message
from tests.gui.session.test_continuing import EXPERIMENT, LOAD, WITHIN, straight
from tests.gui.session.test_saved_networks import Session, equal, file, session

__all__ = ["file", "session"]


def network_of(file: Path) -> Path:
    return file.with_name(f"{file.stem}.network.safetensors")


def saved_without_a_store(session, file: Path) -> Session:
    shown = session(stored=False)
    shown.show()
    shown.train()
    shown.save(file)
    return shown


def test_without_a_store_the_network_lies_beside_the_experiment(session, file: Path) -> None:
    first = saved_without_a_store(session, file)
    assert read_experiment_file(file).link == FileLink("mine.network.safetensors", checksum_of(network_of(file)))
    assert first.told == ["Saved as mine.playground, with its network in mine.network.safetensors"]
    second = session(stored=False)
    second.open(file)
    assert equal(second.weights(), first.weights())
    assert (second.run.start, second.failures) == (Start.CONTINUE, [])
    assert (second.program.document.path, second.program.document.modified) == (file, False)
    second.train()
    assert equal(second.weights(), straight(8).network.state_dict())
    second.save(file)  # the file of its network is replaced
    assert sorted(path.name for path in file.parent.glob("mine*")) == ["mine.network.safetensors", "mine.playground"]
    assert read_experiment_file(file).link.sha256 == checksum_of(network_of(file))


def test_an_experiment_that_was_copied_without_its_network_says_what_is_missing(session, file: Path) -> None:
    shown = saved_without_a_store(session, file)
    other = file.with_name("elsewhere") / file.name
    other.parent.mkdir()
    other.write_bytes(file.read_bytes())
    shown.open(other, RunState.IDLE)
    shown.qtbot.waitUntil(lambda: shown.failures != [], timeout=LOAD)
    assert shown.failures == [f"The network was not opened. “{network_of(other)}” does not exist."]
    assert shown.program.document.experiment == EXPERIMENT
    link = read_experiment_file(other).link
    shown.save(other)
    assert read_experiment_file(other).link == link


def test_a_network_that_was_replaced_beside_its_experiment_is_opened_with_a_word(session, file: Path) -> None:
    shown = saved_without_a_store(session, file)
    trainer = straight(3)
    save_weights(network_of(file), trainer.experiment, trainer.network.state_dict(), trainer.figures)
    shown.open(file)
    assert equal(shown.weights(), trainer.network.state_dict())
    shown.qtbot.waitUntil(lambda: shown.failures != [], timeout=LOAD)
    words = "The network in “mine.network.safetensors” was changed since the experiment was saved with it."
    assert shown.failures == [words]


def test_a_file_that_lies_where_the_network_would_is_left_alone(session, file: Path) -> None:
    network_of(file).write_bytes(b"mine")
    shown = saved_without_a_store(session, file)
    assert network_of(file).read_bytes() == b"mine"
    assert read_experiment_file(file).link.file == "mine-2.network.safetensors"
    shown.save(file)
    assert read_experiment_file(file).link.file == "mine-2.network.safetensors"


def test_an_experiment_whose_network_cannot_be_written_says_so_and_stays_open(session, file: Path) -> None:
    shown = session(stored=False)
    shown.show()
    shown.train()
    shown.answers.path, shown.answers.unsaved_answer = file.with_name("m" * 240 + ".playground"), Answer.SAVE
    shown.program.document.do(Set(("recipe", "epochs"), 8, message("more")))
    left: list[bool] = []
    shown.program.files.leave(lambda: left.append(True))
    shown.qtbot.waitUntil(lambda: shown.failures != [], timeout=LOAD)
    assert "was saved without its trained network." in shown.failures[0]
    assert "the name is too long" in shown.failures[0]
    assert left == []
    assert read_experiment_file(shown.answers.path).link is None


def test_a_network_that_the_store_has_lost_lies_beside_the_experiment(session, file: Path) -> None:
    shown = session()
    shown.show()
    shown.train()
    store = shown.program.runs.store
    assert store.flush(WITHIN)
    for checkpoint in store.open(shown.run.run_id).checkpoints():
        (store.folder / shown.run.run_id / checkpoint.name).unlink()
    shown.save(file)
    assert isinstance(read_experiment_file(file).link, FileLink)
