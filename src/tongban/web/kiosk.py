"""What a session at a machine in a hall reaches: the draft that it was opened for, its receipt, and the way out."""

import re

from tongban.base.errors import refuse

_RECEIPT = re.compile(r"^/cases/[^/]+/receipt$")


def keep_to_the_draft(service: str, path: str) -> None:
    """Raises Refused (`kiosk-only`, 403) for any other page."""
    draft = f"/apply/{service}"
    if path == draft or path.startswith((f"{draft}/", "/kiosk", "/health")) or _RECEIPT.match(path):
        return
    raise refuse(
        "kiosk-only",
        "这台自助机上只能接着填这一份申请。别的事请用自己的手机或者到窗口；填完请按“结束，退出”。",
        "At this machine only this one application is open. For anything else use your own phone or a counter, and "
        "press “Done: log out” when you have finished.",
        status=403,
    )
