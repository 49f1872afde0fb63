"""The built-in functions of FEEL: one table, each function under the signature that the standard gives it.

Source: DMN 1.5, 10.3.4. Arguments are checked against the signature before a function runs, so the functions
see only what they ask for. One module for each kind of value.
"""

from tongban.rules.feel.signature import BUILTINS

from . import aggregates, contexts, conversion, dates, intervals, lists, logic, numbers, strings

__all__ = [
    "BUILTINS",
    "aggregates",
    "contexts",
    "conversion",
    "dates",
    "intervals",
    "lists",
    "logic",
    "numbers",
    "strings",
]
