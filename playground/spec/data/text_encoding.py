"""The encoding of a text file as a record keeps it: one that Python knows, by Python's own name."""

from __future__ import annotations

import codecs
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from playground.spec.messages import tr_noop


def _known(name: str) -> str:
    try:
        "".encode(name)  # refuses codecs that are not between text and bytes, which `lookup` knows as well
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise PydanticCustomError("no_encoding", tr_noop("is no encoding of texts that Python knows")) from error


Encoding = Annotated[str, AfterValidator(_known)]
