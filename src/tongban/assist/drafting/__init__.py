"""Drafting and summary: words for an official to take, change or leave, each sentence held to its sources.

Without a model the files' own words are put together (`plain`). Whoever wrote a sentence, `verify` drops what cannot be
found in a source that it cites.
"""
