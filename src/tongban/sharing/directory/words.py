"""What each word of an entry is called, on pages and in what `tongban directory` prints."""

from collections.abc import Mapping

from tongban.base.i18n import Text
from tongban.catalog.model import Level
from tongban.sharing.directory.model import (
    Attribute,
    Category,
    Format,
    Frequency,
    Grade,
    Rank,
    ResourceType,
    Sensitivity,
    Status,
)

ATTRIBUTES: Mapping[Attribute, Text] = {
    Attribute.UNCONDITIONAL: Text("无条件共享", "Shared without conditions"),
    Attribute.CONDITIONAL: Text("有条件共享", "Shared on conditions"),
    Attribute.NOT_SHARED: Text("不予共享", "Not shared"),
}
TYPES: Mapping[ResourceType, Text] = {
    ResourceType.BASIC: Text("基础数据", "Basic data"),
    ResourceType.THEME: Text("主题数据", "Theme data"),
    ResourceType.DEPARTMENT: Text("部门数据", "Departmental data"),
}
FORMATS: Mapping[Format, Text] = {
    Format.DATABASE: Text("数据库", "Database"),
    Format.SPREADSHEET: Text("电子表格", "Spreadsheet"),
    Format.DOCUMENT: Text("电子文件", "Documents"),
    Format.IMAGE: Text("图片", "Images"),
    Format.MAP: Text("地理信息", "Maps"),
    Format.STREAM: Text("流媒体", "Streams"),
}
FREQUENCIES: Mapping[Frequency, Text] = {
    Frequency.REAL_TIME: Text("实时", "At once"),
    Frequency.DAILY: Text("每日", "Daily"),
    Frequency.WEEKLY: Text("每周", "Weekly"),
    Frequency.MONTHLY: Text("每月", "Monthly"),
    Frequency.QUARTERLY: Text("每季度", "Every quarter"),
    Frequency.YEARLY: Text("每年", "Yearly"),
    Frequency.ON_CHANGE: Text("有变化就更新", "When it changes"),
}
CATEGORIES: Mapping[Category, Text] = {
    Category.PERSON: Text("个人", "People"),
    Category.ORGANISATION: Text("组织", "Organisations"),
    Category.PLACE: Text("地点、房屋、土地", "Places, buildings, land"),
    Category.PROJECT: Text("项目", "Projects"),
    Category.MATTER: Text("业务", "Matters of work"),
}
GRADES: Mapping[Grade, Text] = {
    Grade.GENERAL: Text("一般数据", "General data"),
    Grade.IMPORTANT: Text("重要数据", "Important data"),
    Grade.CORE: Text("核心数据", "Core data"),
}
STATUSES: Mapping[Status, Text] = {
    Status.DRAFT: Text("还没发布", "Not published yet"),
    Status.LISTED: Text("已列入清单", "Listed"),
    Status.SUSPENDED: Text("暂停共享", "Suspended"),
    Status.WITHDRAWN: Text("已移出清单", "Withdrawn"),
}
SENSITIVITIES: Mapping[Sensitivity, Text] = {
    Sensitivity.PUBLIC: Text("不涉及个人", "Not personal"),
    Sensitivity.PERSONAL: Text("个人信息", "Personal"),
    Sensitivity.SENSITIVE: Text("敏感个人信息", "Sensitive personal"),
}
RANKS: Mapping[Rank, Text] = {
    Rank.LAW: Text("法律", "law"),
    Rank.ADMINISTRATIVE_REGULATION: Text("行政法规", "administrative regulation"),
    Rank.STATE_COUNCIL_DECISION: Text("国务院决定", "decision of the State Council"),
    Rank.LOCAL_REGULATION: Text("地方性法规", "local regulation"),
    Rank.RULE: Text("规章", "rule"),
    Rank.OTHER: Text("其他文件", "other document"),
}
LEVELS: Mapping[Level, Text] = {
    Level.NATION: Text("国家级", "National"),
    Level.PROVINCE: Text("省级", "Province"),
    Level.CITY: Text("市级", "City"),
    Level.COUNTY: Text("县级", "County"),
    Level.TOWNSHIP: Text("乡镇级", "Township"),
    Level.VILLAGE: Text("村级", "Village"),
}
SUBJECTS: Mapping[str, Text] = {
    "id-number": Text("公民身份号码", "Identity number"),
    "uscc": Text("统一社会信用代码", "Social credit code"),
}
