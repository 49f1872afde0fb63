"""What happens in a life or a business, as the front page names it. A test proves that every theme has its words."""

from dataclasses import dataclass

from tongban.base.i18n import Text
from tongban.catalog.model import Theme


@dataclass(frozen=True, slots=True)
class ThemeWords:
    """A theme's name, what it covers, and its picture in icons.svg."""

    name: Text
    covers: Text
    icon: str


THEMES: dict[Theme, ThemeWords] = {
    Theme.BIRTH: ThemeWords(
        Text("生孩子", "A child"), Text("出生、入户、育儿补贴", "Birth, registration, subsidy"), "baby"
    ),
    Theme.SCHOOL: ThemeWords(
        Text("上学", "School"), Text("入学报名、转学、助学", "Enrolment, transfer, student aid"), "school"
    ),
    Theme.WORK: ThemeWords(
        Text("找工作", "Work"), Text("就业登记、失业金、培训", "Registration, benefit, training"), "work"
    ),
    Theme.HOUSING: ThemeWords(Text("买房租房", "Housing"), Text("租房补贴、不动产", "Rent subsidy, property"), "home"),
    Theme.HEALTH: ThemeWords(
        Text("看病医保", "Health"), Text("参保、异地就医、报销", "Insurance, care elsewhere, claims"), "med"
    ),
    Theme.OLD_AGE: ThemeWords(Text("退休养老", "Old age"), Text("高龄津贴、照护", "Allowances, care"), "sun"),
    Theme.CARE: ThemeWords(
        Text("残疾和困难帮扶", "Support and care"), Text("残疾人补贴、救助", "Disability subsidies, relief"), "care"
    ),
    Theme.BUSINESS: ThemeWords(
        Text("开店办企业", "Business"), Text("执照、食品、卫生许可", "Registration, food, hygiene"), "shop"
    ),
    Theme.RESIDENCE: ThemeWords(
        Text("在这里落脚", "Settling here"), Text("居住证、落户、居住登记", "Residence permit, registration"), "card"
    ),
    Theme.BUILDING: ThemeWords(
        Text("工程建设", "Building"), Text("施工许可、节能审查", "Permits, energy review"), "crane"
    ),
    Theme.ENVIRONMENT: ThemeWords(Text("环境保护", "Environment"), Text("排污登记", "Discharge registration"), "leaf"),
    Theme.MARRIAGE: ThemeWords(Text("结婚", "Marriage"), Text("登记、户口", "Registration, household"), "ring"),
}
