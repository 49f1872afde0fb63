"""双随机: whom to inspect, and who inspects, is drawn by chance that nobody can choose and everybody can check.

优化营商环境条例 54 [M].
"""

from tongban.oversight.draws.drawing import announce, draw, latest, rank
from tongban.oversight.draws.inspectors import eligible, joining, of_business, order
from tongban.oversight.draws.model import Draw

__all__ = ["Draw", "announce", "draw", "eligible", "joining", "latest", "of_business", "order", "rank"]
