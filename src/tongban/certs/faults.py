"""What is checked about a certificate and what can be wrong with it: stable codes with a plain sentence each."""

from enum import StrEnum

from tongban.base.i18n import Text


class Fault(StrEnum):
    """Why a certificate does not hold. The value is the stable code."""

    TOO_LARGE = "too-large"
    NOT_A_CERTIFICATE = "not-a-certificate"
    BAD_ENVELOPE = "bad-envelope"
    DUPLICATE_KEY = "duplicate-key"
    CRITICAL_HEADER = "critical-header"
    FOREIGN_HEADER = "foreign-header"
    WRONG_KIND = "wrong-kind"
    UNSIGNED = "unsigned"
    UNKNOWN_KEY = "unknown-key"
    WRONG_ALGORITHM = "wrong-algorithm"
    BAD_SIGNATURE = "bad-signature"
    BAD_GM_SIGNATURE = "bad-gm-signature"
    SUITE_MISSING = "suite-missing"
    SUITE_UNCHECKED = "suite-unchecked"
    UNKNOWN_FORMAT = "unknown-format"
    BAD_RECORD = "bad-record"
    NOT_CANONICAL = "not-canonical"
    BAD_IDENTIFIER = "bad-identifier"
    COPY_DIFFERS = "copy-differs"
    DIGEST_DIFFERS = "digest-differs"
    NO_SEAL = "no-seal"
    PAGE_ALTERED = "page-altered"
    ISSUED_IN_FUTURE = "issued-in-future"
    KEY_NOT_IN_USE = "key-not-in-use"
    WRONG_TYPE = "wrong-type"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN_DIGEST = "unknown-digest-algorithm"
    BAD_DISCLOSURE = "bad-disclosure"
    RESERVED_NAME = "reserved-name"
    DISCLOSED_TWICE = "disclosed-twice"
    DIGEST_TWICE = "digest-twice"
    DISCLOSURE_UNCLAIMED = "disclosure-unclaimed"
    WRONG_PLACE = "wrong-place"
    CLAIM_OVERWRITTEN = "claim-overwritten"
    BAD_DIGESTS = "bad-digests"
    HIDDEN_CONTROL = "hidden-control"
    TOO_DEEP = "too-deep"
    NO_BINDING = "no-binding"
    NO_HOLDER_KEY = "no-holder-key"
    BINDING_STALE = "binding-stale"
    BINDING_IN_FUTURE = "binding-in-future"
    WRONG_AUDIENCE = "wrong-audience"
    WRONG_NONCE = "wrong-nonce"
    OTHER_PRESENTATION = "other-presentation"
    SUSPENDED = "suspended"
    UNKNOWN_STATUS = "unknown-status"
    NO_STATUS_PLACE = "no-status-place"
    LIST_UNREACHABLE = "status-list-unreachable"
    FOREIGN_LIST = "status-list-of-another"
    LIST_DAMAGED = "status-list-damaged"
    LIST_EXPIRED = "status-list-expired"
    LIST_IN_FUTURE = "status-list-in-future"
    NOT_IN_LIST = "not-in-status-list"
    NOT_WHOLE = "signature-not-over-whole-file"
    NO_CODE = "no-code-in-picture"
    TWO_CODES = "two-codes-in-picture"
    NO_NONCE = "no-nonce"
    NONCE_USED = "nonce-used"
    PRIVATE_KEY = "private-key-sent"
    KEY_TWICE = "key-twice"
    CLIENT_NAMED = "client-named"
    BAD_QUERY = "bad-query"
    BAD_ANSWER = "bad-vp-token"
    NOT_ENCRYPTED = "not-encrypted"
    BAD_ENCRYPTION = "bad-encryption"
    NOT_ASKED_FOR = "not-asked-for"
    NOT_ALL_ASKED = "not-all-that-was-asked"
    STATUS_NOT_KNOWN = "status-not-known"
    NO_COPY = "copy-unknown"
    COPY_ENDED = "copy-ended"


FAULTS: dict[Fault, Text] = {
    Fault.TOO_LARGE: Text("文件太大，不是本平台签发的证照文件", "The file is too large to be a certificate"),
    Fault.NOT_A_CERTIFICATE: Text(
        "没有找到证照签名：请用原始下载的 PDF、JSON 或签名文本，不要用截图、打印件或另存的文件",
        "No signed certificate found: use the PDF, JSON or signed text as downloaded, not a picture or re-saved file",
    ),
    Fault.BAD_ENVELOPE: Text("签名的格式已损坏", "The signed text is damaged"),
    Fault.DUPLICATE_KEY: Text(
        "同一个字段出现两次，可能有人想让不同的人看到不同的内容",
        "A field appears twice, which can make different readers see different things",
    ),
    Fault.CRITICAL_HEADER: Text(
        "签名要求一种本平台不使用的处理方式", "The signature demands processing that is not used here"
    ),
    Fault.FOREIGN_HEADER: Text(
        "签名里夹带了不应有的内容（如自带的密钥）", "The signature carries what it must not, such as its own key"
    ),
    Fault.WRONG_KIND: Text("这是别的用途的签名，不是证照", "This was signed for another purpose; it is no certificate"),
    Fault.UNSIGNED: Text("没有签名，任何人都能写", "It is not signed; anyone could have written it"),
    Fault.UNKNOWN_KEY: Text(
        "签名用的密钥不在公布的公钥里", "It was signed with a key that is not among those published"
    ),
    Fault.WRONG_ALGORITHM: Text("签名算法与这把密钥登记的不同", "The algorithm is not the one registered for the key"),
    Fault.BAD_SIGNATURE: Text(
        "签名不符：内容被改过，或不是这把密钥签的", "The signature does not match: altered, or not signed by this key"
    ),
    Fault.BAD_GM_SIGNATURE: Text(
        "国密签名不符：内容被改过，或不是这把密钥签的",
        "The SM2 signature does not match: altered, or not signed by this key",
    ),
    Fault.SUITE_MISSING: Text(
        "缺少要求的国密签名：请持证人重新下载文件", "The SM2 signature that is required is missing: download it again"
    ),
    Fault.SUITE_UNCHECKED: Text(
        "要求国密签名，但这台机器不能核对", "An SM2 signature is required, but this machine cannot check one"
    ),
    Fault.UNKNOWN_FORMAT: Text(
        "证照的格式版本较新或不认识，请更新验证工具", "The format is unknown or newer; update the verifier"
    ),
    Fault.BAD_RECORD: Text(
        "签名成立，但内容不是一张完整的证照", "Signed, but the content is not a complete certificate"
    ),
    Fault.NOT_CANONICAL: Text("内容的写法不是唯一的标准写法", "The content is not written in the one canonical form"),
    Fault.BAD_IDENTIFIER: Text("证照标识的校验位不对", "The check character of the identifier is wrong"),
    Fault.COPY_DIFFERS: Text("文件里给人看的内容与签名的内容不同", "What the file shows differs from what was signed"),
    Fault.DIGEST_DIFFERS: Text("二维码与这张证照对不上", "The QR code does not belong to this certificate"),
    Fault.NO_SEAL: Text(
        "页面没有封签，不能证明页面上的字就是签发的内容",
        "The page has no seal, so nothing shows that it says what was signed",
    ),
    Fault.PAGE_ALTERED: Text(
        "页面被改过：请以下面验证出的内容为准", "The page was altered: rely only on the content verified below"
    ),
    Fault.ISSUED_IN_FUTURE: Text("签发时间在将来", "The time of issue lies in the future"),
    Fault.KEY_NOT_IN_USE: Text("签发时这把密钥不在使用期内", "The key was not in use at the time of issue"),
    Fault.WRONG_TYPE: Text("是真的，但不是要求的那种证照", "Genuine, but not the type of certificate asked for"),
    Fault.NOT_YET_VALID: Text("还没到有效期", "Not valid yet"),
    Fault.EXPIRED: Text("已过有效期", "No longer valid"),
    Fault.REVOKED: Text("已被废止", "Revoked"),
    Fault.UNKNOWN_DIGEST: Text("摘要算法不在允许之列", "The digest algorithm is not one that is allowed"),
    Fault.BAD_DISCLOSURE: Text("出示的字段写法不对", "A disclosed field is not written as it must be"),
    Fault.RESERVED_NAME: Text("字段名冒用了保留的名称", "A field bears a name that is reserved"),
    Fault.DISCLOSED_TWICE: Text("同一个字段出示了两次", "The same field is disclosed twice"),
    Fault.DIGEST_TWICE: Text(
        "同一个摘要出现两次，一个字段会被看成两个", "A digest appears twice, so that one field would count as two"
    ),
    Fault.DISCLOSURE_UNCLAIMED: Text(
        "夹带了签发机构没有签过的字段，或者字段被改过",
        "A field came along that the issuer never signed, or was altered",
    ),
    Fault.WRONG_PLACE: Text("出示的字段放错了位置", "A disclosed field stands where it does not belong"),
    Fault.CLAIM_OVERWRITTEN: Text(
        "出示的字段要盖掉另一个同名字段", "A disclosed field would replace another of its name"
    ),
    Fault.BAD_DIGESTS: Text("隐藏字段的清单写法不对", "The list of hidden fields is not written as it must be"),
    Fault.HIDDEN_CONTROL: Text(
        "签发机构、有效期、状态这类内容不得隐藏", "Issuer, validity, status and the like must not be hidden"
    ),
    Fault.TOO_DEEP: Text("内容套得太深", "The content is nested too deeply"),
    Fault.NO_BINDING: Text(
        "没有持证人本次出示的签名，可能是拿了别人的", "Nothing shows that the holder presents it: it may be another's"
    ),
    Fault.NO_HOLDER_KEY: Text("证照没有绑定可用的持证人密钥", "The certificate is bound to no usable key of a holder"),
    Fault.BINDING_STALE: Text("出示签名已过时，请持证人重新出示", "The presentation is too old: ask the holder again"),
    Fault.BINDING_IN_FUTURE: Text("出示时间在将来", "The time of presentation lies in the future"),
    Fault.WRONG_AUDIENCE: Text("这是出示给别人的", "This was presented to somebody else"),
    Fault.WRONG_NONCE: Text(
        "不是对这一次请求的出示，可能是重放", "This does not answer this request: it may be a replay"
    ),
    Fault.SUSPENDED: Text("已被暂停，眼下不能用", "Suspended: not to be used for the time being"),
    Fault.UNKNOWN_STATUS: Text("状态清单里的状态不认识", "The status list gives a status that is unknown"),
    Fault.NO_STATUS_PLACE: Text(
        "这份文件没有写明状态清单在哪里，查不到是否已被废止：请持证人重新下载",
        "The file does not say where its status is published, so revocation is unknown: download it again",
    ),
    Fault.LIST_UNREACHABLE: Text(
        "现在取不到签发地的状态清单，不知道是否已被废止：请稍后再查",
        "The issuer's status list cannot be had now, so revocation is unknown: check again later",
    ),
    Fault.FOREIGN_LIST: Text(
        "状态清单不是签发这张证照的平台的", "The status list is not of the installation that issued the certificate"
    ),
    Fault.LIST_DAMAGED: Text("状态清单已损坏", "The status list is damaged"),
    Fault.LIST_EXPIRED: Text("状态清单过期了，请取新的", "The status list is out of date: fetch a new one"),
    Fault.LIST_IN_FUTURE: Text("状态清单的时间在将来", "The status list is dated in the future"),
    Fault.NOT_IN_LIST: Text("状态清单里没有这张证照的位置", "The status list has no place for this certificate"),
    Fault.NOT_WHOLE: Text(
        "签名没有盖住整个文件，后面可能加过东西", "The signature does not cover the whole file: something may be added"
    ),
    Fault.NO_CODE: Text(
        "图片里没有读到离线验真码：请拍清楚右下角的码",
        "No code for offline checks was read: photograph it sharply",
    ),
    Fault.TWO_CODES: Text("图片里有两个不同的验真码，请一次只拍一张", "The picture has two different codes"),
    Fault.OTHER_PRESENTATION: Text(
        "持证人签的不是这些字段：增减过内容", "The holder signed other fields: something was added or left out"
    ),
    Fault.NO_NONCE: Text("没有写明是答哪一次的", "It does not say which question it answers"),
    Fault.NONCE_USED: Text("这个随机数已经用过一次，请重新取", "This nonce was used already: fetch a new one"),
    Fault.PRIVATE_KEY: Text("把私钥也发来了，这把密钥不能再用", "A private key was sent: this key must not be used"),
    Fault.KEY_TWICE: Text("同一把密钥证明了两次", "The same key was proved twice"),
    Fault.CLIENT_NAMED: Text("匿名取证不应写客户端名称", "A client is named though the token was given to none"),
    Fault.BAD_QUERY: Text("要看什么，写得不合标准", "What is asked for is not written as the standard says"),
    Fault.BAD_ANSWER: Text("出示的内容写得不合标准", "The answer is not written as the standard says"),
    Fault.NOT_ENCRYPTED: Text(
        "钱包没有加密就把内容发来了：请换一个钱包，或者用手机浏览器打开码",
        "The wallet sent it without encrypting: use another wallet, or open the code in the telephone's browser",
    ),
    Fault.BAD_ENCRYPTION: Text(
        "答复没有按这次请求的密钥加密，或者被改过", "The answer was not encrypted for this request, or was altered"
    ),
    Fault.NOT_ASKED_FOR: Text("出示的不是这次要看的证照", "What was presented is not what was asked for"),
    Fault.NOT_ALL_ASKED: Text("要看的内容没有全部出示", "Not everything that was asked for was presented"),
    Fault.STATUS_NOT_KNOWN: Text(
        "查不到这张证照现在是否有效", "Whether the certificate still holds could not be found out"
    ),
    Fault.NO_COPY: Text("这把密钥没有存过本平台的证照", "No certificate of ours was ever bound to this key"),
    Fault.COPY_ENDED: Text("持证人已收回这个钱包里的证照", "Its holder took this wallet's copy back, or it is over"),
}


STATUS_UNKNOWN = frozenset(
    {
        Fault.NO_STATUS_PLACE,
        Fault.LIST_UNREACHABLE,
        Fault.LIST_EXPIRED,
        Fault.LIST_IN_FUTURE,
        Fault.LIST_DAMAGED,
        Fault.FOREIGN_LIST,
        Fault.NOT_IN_LIST,
        Fault.UNKNOWN_STATUS,
        Fault.STATUS_NOT_KNOWN,
    }
)
"""What leaves open whether it was revoked; it is not called valid then, and not called revoked either."""


class Point(StrEnum):
    """What is checked, in this order."""

    FORM = "form"
    SIGNATURE = "signature"
    RENEWED = "renewed"
    GM = "gm"
    CONTENT = "content"
    PAGE = "page"
    KEY = "key"
    TYPE = "type"
    PERIOD = "period"
    REVOCATION = "revocation"
    DISCLOSURES = "disclosures"
    BINDING = "binding"
    REQUEST = "request"


POINTS: dict[Point, Text] = {
    Point.FORM: Text("文件格式", "File format"),
    Point.SIGNATURE: Text("电子签名", "Signature"),
    Point.RENEWED: Text("后来再签的名", "Signed anew later"),
    Point.GM: Text("国密签名（SM2）", "Signature of the gm suite (SM2)"),
    Point.CONTENT: Text("内容完整", "Content"),
    Point.PAGE: Text("所见即所签", "What is shown is what was signed"),
    Point.KEY: Text("签发密钥在使用期内", "Key in use when issued"),
    Point.TYPE: Text("证照类型", "Type of certificate"),
    Point.PERIOD: Text("有效期", "Period of validity"),
    Point.REVOCATION: Text("未被废止", "Not revoked"),
    Point.DISCLOSURES: Text("出示的字段都经签发", "Every field shown was signed by the issuer"),
    Point.BINDING: Text("持证人本人出示", "Presented by the holder"),
    Point.REQUEST: Text("答的正是所问的", "It answers what was asked"),
}
NOT_BOUND = Text(
    "没有对照请求：不知道是出示给谁、哪一次", "Not compared with a request, so whom it was presented to is unknown"
)
NOT_ASKED = Text("没有联网查询，不知道是否被废止", "Not asked online, so revocation is unknown")
