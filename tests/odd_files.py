"""Files that a person might open: good ones, damaged ones and some that are none of ours."""

from __future__ import annotations

from pathlib import Path

from playground.spec.files.presets import presets


def make_files(folder: Path) -> tuple[Path, ...]:
    """Files to open and to drop: sound ones, damaged ones, and such as nothing can be done with."""
    from PIL import Image

    from playground.spec.files.experiment_file import write_experiment

    folder.mkdir(parents=True, exist_ok=True)
    write_experiment(presets()[0].experiment, folder / "sound.playground")
    texts = {
        "broken.playground": "{",
        "unknown.playground": '{"format": "playground", "version": 1}',
        "empty.playground": "",
        "table.csv": "a,b,kind\n" + "\n".join(f"{i},{i * i % 7},{'xy'[i % 2]}" for i in range(60)),
        "one-row.csv": "a,b\n1,2\n",
        "empty.csv": "",
        "separators.csv": ";;;\n;;;\n",
        "text.txt": "To be, or not to be, that is the question.\n" * 40,
        "short.txt": "a",
        "empty.txt": "",
        "model.pt": "PK",
        "model.safetensors": "not one",
        "book.ipynb": "{}",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    Image.new("L", (40, 40), 200).save(folder / "grey.png")
    for kind in ("cats", "dogs"):
        (folder / "pictures" / kind).mkdir(parents=True, exist_ok=True)
        for number in range(6):
            Image.new("RGB", (20, 20), (number * 40, 80, 120)).save(folder / "pictures" / kind / f"{number}.png")
    (folder / "nothing").mkdir(exist_ok=True)
    return (*sorted(folder.iterdir()), folder / "missing.playground")
