"""Small models with random weights, laid out as those that users have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HIDDEN = 32
CHARACTERS = "石墨库可以免费商用。这台相机借出一周，归还时完好无损许可证abcdefghijklmnopqrstuvwxyz:"


def bert(folder: Path, *, seed: int = 1, longest: int = 128) -> Path:
    """A folder with a BERT and its tokenizer only, as models for transformers come; `longest` is in tokens."""
    import torch
    from transformers import BertConfig, BertModel

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    BertModel(BertConfig(**_sizes(longest))).save_pretrained(folder)
    _tokenizer(folder, longest)
    return folder


def m3e(folder: Path, *, seed: int = 1) -> Path:
    """M3E's layout: a BERT for 512 tokens and the mean of its tokens."""
    bert(folder, seed=seed, longest=512)
    modules(folder, "Transformer", "Pooling")
    pooling(folder, "mean_tokens")
    write(folder / "sentence_bert_config.json", {"max_seq_length": 512, "do_lower_case": False})
    write(folder / "config_sentence_transformers.json", {"__version__": {"sentence_transformers": "2.2.2"}})
    return folder


def text2vec(folder: Path, *, seed: int = 2) -> Path:
    """text2vec's layout: a BERT that is read up to 24 tokens of its 128 (in the original 128 of 512)."""
    bert(folder, seed=seed, longest=128)
    modules(folder, "Transformer", "Pooling")
    pooling(folder, "mean_tokens")
    write(folder / "sentence_bert_config.json", {"max_seq_length": 24, "do_lower_case": False})
    return folder


def first_token(folder: Path, **configuration: Any) -> Path:
    """The layout of models that take the first token's vector at unit length, with prompts where given."""
    bert(folder, seed=3)
    modules(folder, "Transformer", "Pooling", "Normalize")
    pooling(folder, "cls_token")
    write(folder / "config_sentence_transformers.json", configuration)
    return folder


def cross_encoder(folder: Path, *, seed: int = 4, outputs: int = 1) -> Path:
    """A BERT with one number as its output, as rerankers come, or with several, as classifiers do."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    BertForSequenceClassification(BertConfig(**_sizes(128) | {"num_labels": outputs})).save_pretrained(folder)
    _tokenizer(folder, 128)
    return folder


def modules(folder: Path, *kinds: str) -> None:
    """The list of a model's modules, each but the first in a folder of its own."""
    found = [
        {
            "idx": at,
            "name": str(at),
            "path": f"{at}_{kind}" if at else "",
            "type": f"sentence_transformers.models.{kind}",
        }
        for at, kind in enumerate(kinds)
    ]
    for module in found[1:]:
        (folder / str(module["path"])).mkdir(exist_ok=True)
    write(folder / "modules.json", found)


def pooling(folder: Path, mode: str) -> None:
    """How a text's vector is made of its tokens'."""
    names = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")
    modes = {f"pooling_mode_{name}": name == mode for name in names}
    write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": HIDDEN, **modes})


def write(path: Path, content: object) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _words() -> list[str]:
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(CHARACTERS)]


def _sizes(longest: int) -> dict[str, Any]:
    return {
        "vocab_size": len(_words()),
        "hidden_size": HIDDEN,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": longest,
    }


def _tokenizer(folder: Path, longest: int) -> None:
    from transformers import BertTokenizer

    (folder / "vocab.txt").write_text("\n".join(_words()), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=longest).save_pretrained(folder)
