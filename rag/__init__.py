"""Ask your own survey notes: short answers, every statement cited and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.types import Answer

__all__ = ["Answer", "Assistant"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The public names, imported when first used so that `import rag` stays light."""
    if name == "Assistant":
        from rag.assistant import Assistant

        return Assistant
    if name == "Answer":
        from rag.types import Answer

        return Answer
    raise AttributeError(f"module 'rag' has no attribute {name!r}")
