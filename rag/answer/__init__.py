"""Answers composed from evidence, every statement cited and checked."""
