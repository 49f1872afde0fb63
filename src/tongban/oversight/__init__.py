"""Oversight: what the clocks show. Event facts without a person, indicators as files, figures anybody can recompute.

`files` reads indicators, `facts` says what is counted, `folder` opens it, `computing` counts.
"""
