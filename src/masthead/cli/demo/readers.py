"""Two hundred invented readers, at addresses that can never be anybody's (RFC 2606)."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

_GIVEN = """
    Ada Amir Beatrix Björn Chiara Darius Eleni Farah Gwen Hamid Ida Jonas Kaveh Leïla Magnus Nadia Oskar Parisa Quentin Rosa
    Samuel Teresa Ulla Yasmin Zoë
"""
_FAMILY = "Abbott Carrow Delgado Ellery Farrokh Lindqvist Møller Thorne"
_PLACES = ("Porthaven", "Gull Point", "Saltmarsh", "Upper Quay", "Fishgate")
_DOMAINS = ("example.org", "example.net", "example.com")
_PLAIN = str.maketrans("öïøë", "oioe")


def write(path: Path) -> int:
    """Write them as a CSV file for the importer; answer how many there are."""
    people = list(product(_GIVEN.split(), _FAMILY.split()))
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["email", "name", "place"])
        for place, (given, family) in enumerate(people):
            local = f"{given}.{family}".lower().translate(_PLAIN)
            rows.writerow([f"{local}@{_DOMAINS[place % 3]}", f"{given} {family}", _PLACES[place % 5]])
    return len(people)
