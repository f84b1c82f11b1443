"""The ways to explain an answer, as they are offered, named and explained, for each kind of example."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from playground.spec.messages import tr_noop


class ExampleKind(StrEnum):
    """The kind of an example: it decides which methods can explain an answer about it."""

    PICTURE = "picture"  # that is given one class
    ROW = "row"  # of a table
    TEXT = "text"  # a window of characters, words or byte pairs
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AttributionMethod:
    """One method; `function` names it in the module that computes it, such as `engine.probes.attributions`."""

    function: str
    label: str
    help: str
    source: str  # where it was published: author, year, arXiv number
    signed: bool = True  # whether negative values are possible: pixels that speak against the class
    layered: bool = False  # whether a layer of the network must be chosen
    targeted: bool = True  # whether it explains one output, which can be chosen


METHODS = (
    AttributionMethod(
        "gradient",
        tr_noop("Gradient"),
        tr_noop("How much the output rises for a little more light in each pixel."),
        "Simonyan 2013, arXiv:1312.6034",
    ),
    AttributionMethod(
        "input_times_gradient",
        tr_noop("Input × gradient"),
        tr_noop("The gradient times the pixel: black pixels count nothing."),
        "Shrikumar 2016, arXiv:1605.01713",
    ),
    AttributionMethod(
        "integrated_gradients",
        tr_noop("Integrated gradients"),
        tr_noop(
            "What each pixel adds on the way from a black picture to this one; the sum is by how much the output rises."
        ),
        "Sundararajan 2017, arXiv:1703.01365",
    ),
    AttributionMethod(
        "smooth_grad",
        tr_noop("SmoothGrad"),
        tr_noop("The mean gradient over 32 copies of the picture with noise."),
        "Smilkov 2017, arXiv:1706.03825",
    ),
    AttributionMethod(
        "grad_cam",
        tr_noop("Grad-CAM"),
        tr_noop("Where the maps of one layer speak for the class."),
        "Selvaraju 2016, arXiv:1610.02391",
        signed=False,
        layered=True,
    ),
    AttributionMethod(
        "occlusion",
        tr_noop("Occlusion"),
        tr_noop("How far the output falls where a black square of 5 × 5 pixels covers the picture."),
        "Zeiler 2013, arXiv:1311.2901",
    ),
)


CURVES = AttributionMethod(
    "answer_curve",
    tr_noop("Curve of each column"),
    tr_noop("The answer along the range of one column, while all others stay as they are."),
    "Goldstein 2015, arXiv:1309.6392",
)

_OF_ROWS = (  # functions of `engine.probes.column_attributions`
    AttributionMethod(
        "input_times_gradient",
        tr_noop("Input × gradient"),
        tr_noop("The slope of the output, times how far the column is from its typical value."),
        "Shrikumar 2016, arXiv:1605.01713",
    ),
    AttributionMethod(
        "integrated",
        tr_noop("Integrated gradients"),
        tr_noop("What each column adds on the way from the typical row to this one; the sum is the difference."),
        "Sundararajan 2017, arXiv:1703.01365",
    ),
    AttributionMethod(
        "occlusion",
        tr_noop("Occlusion"),
        tr_noop("How far the output falls where the column has its typical value."),
        "Zeiler 2013, arXiv:1311.2901",
    ),
    CURVES,
)

_OF_TEXTS = (  # functions of `engine.probes.text_attributions`
    AttributionMethod(
        "input_times_gradient",
        tr_noop("Input × gradient"),
        tr_noop("The slope of the output by the vector of each character, times its distance from that of the blank."),
        "Shrikumar 2016, arXiv:1605.01713",
    ),
    AttributionMethod(
        "integrated",
        tr_noop("Integrated gradients"),
        tr_noop("What each character adds on the way from a window of blanks to this one; the sum is the difference."),
        "Sundararajan 2017, arXiv:1703.01365",
    ),
    AttributionMethod(
        "occlusion",
        tr_noop("Occlusion"),
        tr_noop("How far the output falls where a blank stands in place of the character."),
        "Zeiler 2013, arXiv:1311.2901",
    ),
)

SIMILAR = AttributionMethod(
    "similar_examples",
    tr_noop("Similar examples"),
    tr_noop("The training examples of which the last hidden layer makes nearly the same numbers."),
    "Cover and Hart 1967, doi:10.1109/TIT.1967.1053964",
    targeted=False,
)

OFFERED: dict[ExampleKind, tuple[AttributionMethod, ...]] = {
    ExampleKind.PICTURE: (*METHODS, SIMILAR),
    ExampleKind.ROW: (*_OF_ROWS, SIMILAR),
    ExampleKind.TEXT: (*_OF_TEXTS, SIMILAR),
    ExampleKind.OTHER: (SIMILAR,),
}


def method_named(function: str, kind: ExampleKind = ExampleKind.PICTURE) -> AttributionMethod:
    """The method of that function for a kind of example.

    Raises:
        KeyError: there is none.
    """
    return {method.function: method for method in OFFERED[kind]}[function]
