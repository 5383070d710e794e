"""`rag eval`: how good the answers are, measured. The command lives with the evaluation."""

from __future__ import annotations

from eval.command import command

__all__ = ["command"]
