"""Groups of opinion from votes alone: who tends to vote alike, what tells a group apart, and what all groups share.

The way is the one that Polis describes (Small et al., "Polis: Scaling deliberation by mapping high dimensional opinion
spaces", RECERCA 26(2), 2021): a map by principal components that is fair to people with few votes, base clusters,
k-means with two to five groups of which the silhouette chooses, two-proportion tests for what a group is known by.
What is added here is the honesty of `quality`: without structure in the votes nobody is put into a group.

No text is read and no model of language is involved; the same votes give the same groups.
"""

from tongban.voice.participation.groups.finding import opinion_groups
from tongban.voice.participation.groups.model import Agreement, Group, Opinion, Placed, Quality, Representative
from tongban.voice.participation.groups.steady import Steady, steadied
from tongban.voice.participation.groups.votes import Votes, read_votes

__all__ = [
    "Agreement",
    "Group",
    "Opinion",
    "Placed",
    "Quality",
    "Representative",
    "Steady",
    "Votes",
    "opinion_groups",
    "read_votes",
    "steadied",
]
