"""LitServe around a network, with batches as ours has them: 32 requests or 2 ms.

python -m tests.benchmarks.serving_litserve NETWORK PORT
"""

import sys
from pathlib import Path
from typing import Any

import litserve
import torch

from playground.engine.weights import load


class Digits(litserve.LitAPI):  # type: ignore[misc]
    """Answers `POST /predict` with one digit, `{"input": [[…], …]}`."""

    path: Path

    def setup(self, device: str) -> None:
        """Read the network, in the process that answers."""
        torch.set_num_threads(1)
        self.network = load(self.path).network.eval()

    def decode_request(self, request: dict[str, Any]) -> torch.Tensor:
        """The picture, (1, 28, 28)."""
        return torch.tensor(request["input"], dtype=torch.float32).div(255)[None]

    def batch(self, inputs: list[torch.Tensor]) -> torch.Tensor:
        """Pictures together."""
        return torch.stack(inputs)

    def predict(self, x: torch.Tensor) -> torch.Tensor:
        """Probabilities, (N, 10)."""
        with torch.inference_mode():
            return self.network(x).softmax(1)

    def unbatch(self, output: torch.Tensor) -> list[torch.Tensor]:
        """Probabilities of each picture."""
        return list(output)

    def encode_response(self, output: torch.Tensor) -> dict[str, Any]:
        """The answer."""
        return {"answer": str(int(output.argmax())), "probabilities": output.tolist()}


if __name__ == "__main__":
    api = Digits(max_batch_size=32, batch_timeout=0.002)
    api.path = Path(sys.argv[1])
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    server.run(
        host="127.0.0.1", port=int(sys.argv[2]), num_api_servers=1, log_level="warning", generate_client_file=False
    )
