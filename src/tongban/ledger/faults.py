"""What can be wrong with a checkpoint, a proof or a receipt: a stable code for each with a plain sentence."""

from enum import StrEnum

from tongban.base.i18n import Text


class Fault(StrEnum):
    """Why it does not hold. The value is the stable code."""

    TOO_LARGE = "too-large"
    NOT_A_RECEIPT = "not-a-receipt"
    BAD_LINES = "bad-lines"
    BAD_INDEX = "bad-index"
    BAD_PROOF_LINE = "bad-proof-line"
    BAD_NOTE = "bad-note"
    BAD_CHECKPOINT = "bad-checkpoint"
    UNKNOWN_LOG = "unknown-log"
    UNSIGNED = "unsigned"
    BAD_SIGNATURE = "bad-signature"
    BAD_GM_SIGNATURE = "bad-gm-signature"
    SUITE_MISSING = "suite-missing"
    SUITE_UNCHECKED = "suite-unchecked"
    SIGNED_TWICE = "signed-twice"
    KEY_NOT_IN_USE = "key-not-in-use"
    BAD_COSIGNATURE = "bad-cosignature"
    COSIGNED_IN_FUTURE = "cosigned-in-future"
    TOO_FEW_WITNESSES = "too-few-witnesses"
    NO_STATEMENTS = "no-statements"
    BAD_STATEMENTS = "bad-statements"
    UNKNOWN_FORMAT = "unknown-format"
    EMPTY_HISTORY = "empty-history"
    OTHER_CASE = "other-case"
    OUT_OF_ORDER = "out-of-order"
    DUPLICATE_EVENT = "duplicate-event"
    MISSING_EVENT = "missing-event"
    BEYOND_THE_TREE = "beyond-the-tree"
    NOT_IN_THE_LOG = "not-in-the-log"
    ROLLED_BACK = "rolled-back"
    SPLIT_VIEW = "split-view"
    NOT_CONSISTENT = "not-consistent"
    HISTORY_CHANGED = "history-changed"
    HISTORY_SHORTENED = "history-shortened"
    TILE_DIFFERS = "tile-differs"
    ENTRY_DIFFERS = "entry-differs"
    MISSING_FILE = "missing-file"


FAULTS: dict[Fault, Text] = {
    Fault.TOO_LARGE: Text("文件太大，不是回执", "The file is too large to be a receipt"),
    Fault.NOT_A_RECEIPT: Text(
        "这不是回执文件：请用原始下载的文件，不要用截图或复制的一部分",
        "This is no receipt: use the file as downloaded, not a picture or a part of it",
    ),
    Fault.BAD_LINES: Text("文件不完整，或者被改动过行", "The file is cut off, or its lines were changed"),
    Fault.BAD_INDEX: Text("在日志里的位置写得不对", "The place in the log is not written as it must be"),
    Fault.BAD_PROOF_LINE: Text("证明里有一行不是哈希值", "A line of the proof is no hash"),
    Fault.BAD_NOTE: Text("检查点的格式已损坏", "The checkpoint is damaged"),
    Fault.BAD_CHECKPOINT: Text(
        "检查点缺少日志名称、条数或根哈希", "The checkpoint lacks the log's name, its size or its root"
    ),
    Fault.UNKNOWN_LOG: Text(
        "检查点属于另一个日志，没有它的公钥", "The checkpoint is of another log, whose key is not here"
    ),
    Fault.UNSIGNED: Text("没有这个日志的签名，任何人都能写", "The log has not signed it; anyone could have written it"),
    Fault.BAD_SIGNATURE: Text(
        "日志的签名不符：检查点被改过，或不是这把密钥签的",
        "The log's signature does not match: the checkpoint was altered, or this key did not sign it",
    ),
    Fault.BAD_GM_SIGNATURE: Text(
        "日志的国密签名不符：检查点被改过，或不是这把密钥签的",
        "The log's SM2 signature does not match: the checkpoint was altered, or this key did not sign it",
    ),
    Fault.SUITE_MISSING: Text(
        "缺少要求的国密签名：请重新下载回执",
        "The SM2 signature that is required is missing: download the receipt again",
    ),
    Fault.SUITE_UNCHECKED: Text(
        "要求国密签名，但这台机器不能核对", "An SM2 signature is required, but this machine cannot check one"
    ),
    Fault.SIGNED_TWICE: Text("同一把密钥的签名出现两次", "One key's signature stands there twice"),
    Fault.KEY_NOT_IN_USE: Text(
        "签名的密钥在见证人看到它时不在有效期内", "The key that signed was not in use when the witnesses saw it"
    ),
    Fault.BAD_COSIGNATURE: Text("见证人的签名不符", "A witness's signature does not match"),
    Fault.COSIGNED_IN_FUTURE: Text("见证人的签名时间在将来", "A witness signed in the future"),
    Fault.TOO_FEW_WITNESSES: Text(
        "要求的见证人没有都签名，不能排除日志给不同的人看不同的内容",
        "Fewer witnesses signed than are asked for, so the log may show others something else",
    ),
    Fault.NO_STATEMENTS: Text("回执里没有办件的经过", "The receipt has no history of a case"),
    Fault.BAD_STATEMENTS: Text("回执里办件的经过已损坏", "The history in the receipt is damaged"),
    Fault.UNKNOWN_FORMAT: Text(
        "回执的格式较新或不认识，请更新验证工具", "The format is unknown or newer; update the verifier"
    ),
    Fault.EMPTY_HISTORY: Text("办件的经过是空的", "The history is empty"),
    Fault.OTHER_CASE: Text("里面夹有另一个办件的事项", "It has an event of another case in it"),
    Fault.OUT_OF_ORDER: Text("事项的先后次序被改过", "The events are not in their order"),
    Fault.DUPLICATE_EVENT: Text("同一个事项出现两次", "An event stands there twice"),
    Fault.MISSING_EVENT: Text("中间少了事项", "An event is missing"),
    Fault.BEYOND_THE_TREE: Text("位置超出了日志的条数", "The place is beyond the end of the log"),
    Fault.NOT_IN_THE_LOG: Text(
        "这段经过不在日志里：经过、位置或证明被改过",
        "This history is not in the log: it, its place or its proof was altered",
    ),
    Fault.ROLLED_BACK: Text("日志比以前看到的短了", "The log is shorter than it was when last seen"),
    Fault.SPLIT_VIEW: Text(
        "同样条数的日志有两个不同的根：日志给不同的人看了不同的内容",
        "Two roots for one size: the log has shown different things to different people",
    ),
    Fault.NOT_CONSISTENT: Text(
        "现在的日志不是从前那份的延续：历史被改写了",
        "The log is no continuation of what it was: history was rewritten",
    ),
    Fault.HISTORY_CHANGED: Text(
        "与您以前的回执矛盾：同一个办件有过另一段经过", "It contradicts your earlier receipt of the same case"
    ),
    Fault.HISTORY_SHORTENED: Text(
        "比您以前的回执少了后面的事项", "It has fewer events than your earlier receipt of the same case"
    ),
    Fault.TILE_DIFFERS: Text("公布的哈希与签名的根对不上", "The published hashes do not lead to the signed root"),
    Fault.ENTRY_DIFFERS: Text("公布的条目与它的哈希对不上", "A published entry does not match its hash"),
    Fault.MISSING_FILE: Text("日志缺少应当公布的文件", "The log lacks a file that it must publish"),
}


class Untrue(Exception):
    """Something that was checked does not hold. `detail` says where, for whoever looks into it."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail
