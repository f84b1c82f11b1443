"""The encoding of a text file as a record stores it: one that Python knows, by Python's canonical name."""

from __future__ import annotations

import codecs
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from playground.spec.messages import tr_noop


def _known(name: str) -> str:
    try:
        "".encode(name)  # rejects codecs that do not encode text, which `lookup` also finds
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise PydanticCustomError("no_encoding", tr_noop("is not a text encoding that Python knows")) from error


Encoding = Annotated[str, AfterValidator(_known)]
