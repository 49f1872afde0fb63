"""The six tabs of the console and the pages under each: one navigation for all of supervision."""

from dataclasses import dataclass

from tongban.base.i18n import Text


@dataclass(frozen=True, slots=True)
class Under:
    """A page under a tab. `at` is its place, as its frame names it."""

    at: str
    address: str
    name: Text


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab; its first page is where it leads."""

    name: Text
    icon: str
    pages: tuple[Under, ...]

    @property
    def address(self) -> str:
        return self.pages[0].address

    def holds(self, at: str) -> bool:
        """Whether a page of this tab is shown."""
        return any(page.at == at for page in self.pages)


TABS: tuple[Tab, ...] = (
    Tab(Text("运行", "Overview"), "bar", (Under("run", "/console", Text("现在", "Now")),)),
    Tab(
        Text("办件", "Cases"),
        "in",
        (
            Under("watched", "/console/cases", Text("超期和快到期", "Overdue and due soon")),
            Under("abuse", "/console/abuse", Text("时限监督", "Clocks")),
            Under("supervision", "/console/supervision", Text("督办", "Orders")),
            Under("moves-watch", "/console/delegations", Text("下放监督", "Powers")),
            Under("training-watch", "/console/training", Text("培训代班", "Cover")),
        ),
    ),
    Tab(
        Text("数据共享", "Data"),
        "list",
        (
            Under("sharing-watch", "/console/sharing", Text("共享监督", "Sharing")),
            Under("accesses", "/console/accesses", Text("看管查看", "Looks")),
            Under("projects", "/console/projects", Text("项目登记", "Projects")),
            Under("conformance", "/console/conformance", Text("符合度", "Conformance")),
            Under("operators", "/console/operators", Text("运维单位", "Operators")),
        ),
    ),
    Tab(
        Text("算法", "AI uses"),
        "spark",
        (
            Under("machines", "/console/machines", Text("看管机器", "Machines")),
            Under("switches", "/console/switches", Text("算法开关", "Switches")),
            Under("guide", "/console/guide", Text("导办用语", "Words")),
        ),
    ),
    Tab(
        Text("诉求", "Requests"),
        "phone",
        (
            Under("heard", "/console/requests", Text("诉求和评价", "Requests and ratings")),
            Under("improvements", "/console/improvements", Text("改进", "Improvements")),
        ),
    ),
    Tab(
        Text("绩效", "Results"),
        "ok",
        (
            Under("performance", "/console/performance", Text("办得怎么样", "How it went")),
            Under("what-if", "/console/what-if", Text("试算", "What if")),
        ),
    ),
)


def tab_of(at: str) -> Tab | None:
    """The tab that a place is under; None for places of the desk."""
    return next((tab for tab in TABS if tab.holds(at)), None)
