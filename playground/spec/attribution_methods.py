"""The ways to explain an answer by the pixels of a picture, as they are offered, named and explained."""

from __future__ import annotations

from dataclasses import dataclass

from playground.spec.messages import tr_noop


@dataclass(frozen=True, slots=True)
class AttributionMethod:
    """One method; `function` names it in `engine.probes.attributions`."""

    function: str
    label: str
    help: str
    source: str  # where it was published: author, year, arXiv number
    signed: bool = True  # whether negative values are possible: pixels that speak against the class
    layered: bool = False  # whether a layer of the network must be chosen


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


def method_named(function: str) -> AttributionMethod:
    """The method of that function.

    Raises:
        KeyError: there is none.
    """
    return {method.function: method for method in METHODS}[function]
