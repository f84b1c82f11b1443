"""The services that ours is measured beside: each answers `POST /predict` with one digit, `{"input": [[…], …]}`.

python -m tests.benchmarks.serving_peers fastapi|litserve NETWORK PORT
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch

from playground.engine.weights import load


def serve_with_fastapi(network: torch.nn.Module, port: int) -> None:
    """As FastAPI's own tutorial does it: a model of the body, and a function in its thread pool."""
    import uvicorn
    from fastapi import FastAPI
    from pydantic import BaseModel

    class Digit(BaseModel):
        input: list[list[int]]

    app = FastAPI()

    def predict(body: Any) -> dict[str, Any]:
        with torch.inference_mode():
            pixels = torch.tensor(body.input, dtype=torch.float32).div(255)[None, None]
            shares = network(pixels).softmax(1)[0]
        return {"answer": str(int(shares.argmax())), "probabilities": shares.tolist()}

    predict.__annotations__["body"] = Digit  # a class of this function, which its text cannot name
    app.post("/predict")(predict)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def serve_with_litserve(network: torch.nn.Module, port: int) -> None:
    """With LitServe's batching, as ours batches: 32 requests or 2 ms."""
    import litserve

    class Digits(litserve.LitAPI):  # type: ignore[misc]
        def setup(self, device: str) -> None:
            torch.set_num_threads(1)
            self.network = network

        def decode_request(self, request: dict[str, Any]) -> torch.Tensor:
            return torch.tensor(request["input"], dtype=torch.float32).div(255)[None]

        def batch(self, inputs: list[torch.Tensor]) -> torch.Tensor:
            return torch.stack(inputs)

        def predict(self, x: torch.Tensor) -> torch.Tensor:
            with torch.inference_mode():
                return self.network(x).softmax(1)

        def unbatch(self, output: torch.Tensor) -> list[torch.Tensor]:
            return list(output)

        def encode_response(self, output: torch.Tensor) -> dict[str, Any]:
            return {"answer": str(int(output.argmax())), "probabilities": output.tolist()}

    api = Digits(max_batch_size=32, batch_timeout=0.002)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=port, num_api_servers=1, log_level="warning", generate_client_file=False)


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", choices=("fastapi", "litserve"))
    parser.add_argument("network", type=Path)
    parser.add_argument("port", type=int)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    network = load(asked.network).network.eval()
    (serve_with_fastapi if asked.library == "fastapi" else serve_with_litserve)(network, asked.port)


if __name__ == "__main__":
    main()
