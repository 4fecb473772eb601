"""Identifiers of cargo and transport: normal form and check digits.

A bad identifier is flagged, never dropped: OCR misreads are the reason that check digits exist. Only a
*bindable* identifier may lead to a mission; a misread must not silently point at somebody else's container.
"""

from domain.identifiers.checking import aliases, check, normalise, plainest
from domain.identifiers.checksums import mod11_digit
from domain.identifiers.guess import Guess, guess
from domain.identifiers.misreads import misread_candidates
from domain.identifiers.mrn import Mrn, MrnForm, Procedure, read_mrn
from domain.identifiers.plate import plate_country
from domain.identifiers.scheme import BINDING_ORDER, Checked, Scheme, Verdict
from domain.identifiers.vehicles import VehicleKind, Wagon, read_wagon

__all__ = [
    "BINDING_ORDER",
    "Checked",
    "Guess",
    "Mrn",
    "MrnForm",
    "Procedure",
    "Scheme",
    "VehicleKind",
    "Verdict",
    "Wagon",
    "aliases",
    "check",
    "guess",
    "misread_candidates",
    "mod11_digit",
    "normalise",
    "plainest",
    "plate_country",
    "read_mrn",
    "read_wagon",
]
