"""Clock abuse (时限上的花样), found by indices that a person can check: each has its formula in words, its law, its
threshold and the cases behind it.

`indices` says what is counted in a case, `judging` when a body stands out among those that do the same service, and
`generate` makes histories with known patterns in them, for tests and measurements. All three are pure. A finding is a
question to the body, never a verdict: it can answer, in public, and a good-faith error can be tolerated.
"""

from tongban.oversight.abuse.indices import BY_ID, INDICES
from tongban.oversight.abuse.judging import judge
from tongban.oversight.abuse.model import Finding, History, Index, Step, What

__all__ = ["BY_ID", "INDICES", "Finding", "History", "Index", "Step", "What", "judge"]
