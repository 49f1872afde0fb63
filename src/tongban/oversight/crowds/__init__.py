"""Which figures may be shown where there are many cells: the rule of `oversight.showing` for a whole province.

Whether a group can be worked out is asked of all at once. Numbers are drawn for the cells, by chance but so that every
sum that is shown is 0: whatever follows from what is shown then is 0 too, and what does not is not. The fine table (by
body and service) touches each cell once and is taken out cell by cell of that table, so what is left to solve is as
large as the coarse tables. A table is taken as a whole; of each group that comes out, the smallest figure that is
needed for it is hidden, until none comes out. Where that finds no end, or the numbers do not come out exactly, the
table is hidden.

Groups that are looked for: every small group by a table, a value, two values or all of them, of each population, of
what one has and another has not and of those that count alike; what is left of a group without one of its parts or
without all that are shown; and any two of the finest groups together.
"""
