"""Policies that find the people they are for: rules run over a holder's whole population (免申即享)."""
