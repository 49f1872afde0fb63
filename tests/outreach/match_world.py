"""The day and the number of people of the tests of matching."""

from datetime import date

DAY = date(2026, 11, 25)
PEOPLE = 20_000
