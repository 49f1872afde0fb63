"""Open data: a monthly release that anybody can check, recompute and use, and that gives no small group away.

`making` makes a release, `reading` recomputes one from its files alone, `noise` draws fine tables, `sheet` says what it
is. Two kinds of numbers stand beside one another. **Exact** ones: the two sums of every indicator for groups that are
large enough, chosen so that no small group is any sum or difference of them (`oversight.publishing`). **Noisy** ones:
fine tables in which every cell has noise added, drawn once and never again. What the noise promises it promises given
the exact numbers: whoever has both learns of one person, beyond what the exact sums of large groups say anyway, no more
than the budget allows.
"""
