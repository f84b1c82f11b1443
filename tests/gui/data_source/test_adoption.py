"""What is said of data that become the document's."""

from __future__ import annotations

from playground.gui.data_source.adoption import adopt
from playground.gui.session.document import Document
from playground.spec.data.source_choice import Inspected
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.messages import message


def test_remarks_on_how_data_were_read_are_counted() -> None:
    data = Table()
    said = [
        str(adopt(Document(Experiment()), data, "iris.csv", Inspected(data, remarks=remarks), opened=True))
        for remarks in ((), (message("“71 kg” is 71."),), (message("a"), message("b")))
    ]
    assert said[1] == f"{said[0]} A remark on how it was read stands in the settings of the data."
    assert said[2] == f"{said[0]} 2 remarks on how it was read stand in the settings of the data."
