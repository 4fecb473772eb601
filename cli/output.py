"""Where commands write: results to standard output, everything else to standard error."""

from rich.console import Console

console = Console(soft_wrap=True)
errors = Console(stderr=True, soft_wrap=True)


def is_terminal() -> bool:
    """Whether somebody watches: progress bars and colours are for terminals only."""
    return errors.is_terminal
