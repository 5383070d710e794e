"""A transformers model in a folder as a LangChain chat model: the one place that imports the library for this."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic import PrivateAttr

from rag.answer.llm.failures import told
from rag.answer.llm.in_process import InProcessChat
from rag.answer.llm.prompt import spoken
from rag.errors import LLMError, MissingExtraError


class TransformersChat(InProcessChat):
    """A causal language model with its own chat template, decoded greedily, on the fastest device there is.

    Questions are answered one after the other. A prompt that is too long for the model loses its beginning.
    """

    folder: str
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()

    @classmethod
    def load(cls, folder: str) -> TransformersChat:
        """The model in `folder`. Raises MissingExtraError, LLMError. Nothing is downloaded."""
        if not Path(folder).expanduser().is_dir():
            raise LLMError(f"llm hf:{folder} is no folder; give one that holds config.json and the weights")
        path = str(Path(folder).expanduser())
        try:
            from transformers import AutoModelForCausalLM, AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
            model = AutoModelForCausalLM.from_pretrained(path, local_files_only=True, dtype="auto")
        except ImportError as error:
            raise MissingExtraError(
                f"llm hf:{folder} needs transformers and torch ({told(error)}); run `pip install transformers torch`"
            ) from None
        except Exception as error:  # the library raises anything from KeyError to SafetensorError
            raise LLMError(f"llm hf:{folder} cannot be loaded ({type(error).__name__}: {told(error)})") from None
        made = cls(folder=folder)
        made._tokenizer, made._model = tokenizer, made._placed(model)
        return made

    def _placed(self, model: Any) -> Any:
        from rag.embed.device import best

        return model.to(best()).eval()

    @property
    def _llm_type(self) -> str:
        return "transformers"

    def _texts(self, messages: Sequence[BaseMessage], stop: list[str] | None) -> Iterator[str]:
        from transformers import StoppingCriteria, StoppingCriteriaList, TextIteratorStreamer

        given_up = Event()

        class GivenUp(StoppingCriteria):
            def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
                import torch

                return torch.full((input_ids.shape[0],), given_up.is_set(), dtype=torch.bool, device=input_ids.device)

        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        ids = self._prompt(messages)
        failed: list[BaseException] = []

        def work() -> None:
            try:
                self._model.generate(
                    **ids, streamer=streamer, max_new_tokens=self._room(), do_sample=False,
                    stopping_criteria=StoppingCriteriaList([GivenUp()]), stop_strings=stop,
                    tokenizer=self._tokenizer,
                )  # fmt: skip
            except BaseException as error:  # raised in the caller's thread
                failed.append(error)
                streamer.end()  # type: ignore[no-untyped-call]

        thread = Thread(target=work, daemon=True, name="llm-generate")
        thread.start()
        try:
            yield from (text for text in streamer if text)
        finally:
            given_up.set()
            thread.join()
        if failed:
            raise failed[0]

    def _prompt(self, messages: Sequence[BaseMessage]) -> dict[str, Any]:
        """Token ids and mask, each (1, n) on the model's device, cut from the left to what the model holds."""
        turns = [{"role": role, "content": text} for role, text in spoken(messages)]
        if self._tokenizer.chat_template:
            text = self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        else:
            text = "".join(f"{turn['role']}: {turn['content']}\n" for turn in turns) + "assistant:"
        ids = self._tokenizer(text, return_tensors="pt", add_special_tokens=not self._tokenizer.chat_template)
        longest = self._holds() - self._room()
        return {name: ids[name][:, -longest:].to(self._model.device) for name in ("input_ids", "attention_mask")}

    def _holds(self) -> int:
        """Tokens of prompt and answer together."""
        return int(getattr(self._model.config, "max_position_embeddings", None) or 4096)

    def _room(self) -> int:
        return min(self.most_new_tokens, self._holds() // 2)
