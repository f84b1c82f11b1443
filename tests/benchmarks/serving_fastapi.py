"""A plain FastAPI service around a network, as FastAPI's own tutorial does it.

python -m tests.benchmarks.serving_fastapi NETWORK PORT
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from playground.engine.weights import load


class Digit(BaseModel):
    """Rows of pixels from 0 to 255."""

    input: list[list[int]]


def application(network: torch.nn.Module) -> FastAPI:
    """Answers `POST /predict` with one digit, in FastAPI's thread pool."""
    app = FastAPI()

    @app.post("/predict")
    def predict(body: Digit) -> dict[str, Any]:
        with torch.inference_mode():
            pixels = torch.tensor(body.input, dtype=torch.float32).div(255)[None, None]
            shares = network(pixels).softmax(1)[0]
        return {"answer": str(int(shares.argmax())), "probabilities": shares.tolist()}

    return app


if __name__ == "__main__":
    torch.set_num_threads(1)
    app = application(load(Path(sys.argv[1])).network.eval())
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False)
