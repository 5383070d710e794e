"""Speed, memory and scale, side by side with what else a user would pick: `python -m bench`."""
