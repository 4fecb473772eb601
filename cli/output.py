"""Where commands write: results to standard output, everything else to standard error."""

from rich.console import Console

# Without emoji codes: `gate.jsonl:1234: …` names a line, and Rich would make a picture of it.
console = Console(soft_wrap=True, emoji=False)
errors = Console(stderr=True, soft_wrap=True, emoji=False)


def is_terminal() -> bool:
    """Whether somebody watches: progress bars and colours are for terminals only."""
    return errors.is_terminal
