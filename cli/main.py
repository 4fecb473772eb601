"""The entry point: every command, and what an error means for the exit status."""

import sys

import typer

from cli import broker, dlq, registry, topics
from cli.alerts import alerts
from cli.config import config
from cli.demo import demo
from cli.migrate import migrate
from cli.output import errors
from cli.publish import publish
from cli.query import query
from cli.replay import replay
from cli.report import report
from cli.review import review
from cli.schema import schema
from cli.score import score
from cli.simulate import simulate
from cli.status import status
from cli.up import up
from cli.worker import worker
from runtime.errors import MissionpathError, Unavailable

EXIT_BAD_INPUT = 1
EXIT_UNAVAILABLE = 3
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="missionpath",
    help="Follows customs-relevant cargo through ports: scans in, deviation alerts and ClickHouse rows out.",
    epilog="Exit status: 0 fine, 1 bad input or refused, 2 wrong usage, 3 something outside is not available.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(demo)
app.command()(up)
app.command()(status)
app.command()(publish)
app.command()(alerts)
app.command()(review)
app.command()(query)
app.command()(report)
app.command()(worker)
app.command()(migrate)
app.command()(simulate)
app.command()(score)
app.command()(replay)
app.command()(schema)
app.command()(config)
app.add_typer(dlq.app, name="dlq")
app.add_typer(broker.app, name="broker")
app.add_typer(topics.app, name="topics")
app.add_typer(registry.app, name="registry")


def main() -> None:
    """Run the command line."""
    try:
        app()
    except MissionpathError as error:
        errors.print(f"missionpath: {error}", highlight=False, markup=False, soft_wrap=True)
        sys.exit(EXIT_UNAVAILABLE if isinstance(error, Unavailable) else EXIT_BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
