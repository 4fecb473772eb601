"""From facts to what is wrong with them, and when to look again."""

from datetime import datetime
from itertools import chain

from domain.deviations import RULES_OF, Finding
from domain.journey import Journey
from domain.reviews import reviewed
from domain.view import View


def assess(view: View) -> list[Finding]:
    """Every deviation that the facts show.

    *Guarantee*: depends on the set of facts, the path in force and ``checked_at`` alone; never on a clock or on
    the order of arrival.
    """
    found = [finding for rule in RULES_OF[type(view)] if rule.find for finding in rule.find(view)]
    return reviewed(found, view.reviews, view.owner, view.moments) if view.reviews else found


def next_due_at(view: View) -> datetime | None:
    """The next moment at which time alone can change the assessment or what may be told, none when it cannot."""
    due = chain.from_iterable(rule.due(view) for rule in RULES_OF[type(view)] if rule.due)
    told = view.disclosures() if isinstance(view, Journey) else ()
    checked_at = view.checked_at
    return min((at for at in chain(due, told) if checked_at is None or at > checked_at), default=None)
