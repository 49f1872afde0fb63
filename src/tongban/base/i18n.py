"""Two languages side by side: every sentence a person may read carries its Chinese and its English."""

from typing import Literal

import msgspec

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


class Text(msgspec.Struct, frozen=True):
    """A sentence in Chinese and in English.

    Kept together so that neither can be forgotten: there is no key to look up and no file to fall behind.
    """

    zh: str
    en: str

    def __getitem__(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en

    def format(self, **values: object) -> "Text":
        """The same sentence with its `{placeholders}` filled; a `Text` value is filled in its own language."""
        zh = {k: v.zh if isinstance(v, Text) else v for k, v in values.items()}
        en = {k: v.en if isinstance(v, Text) else v for k, v in values.items()}
        return Text(self.zh.format(**zh), self.en.format(**en))


def words(value: str | Text, lang: Lang) -> str:
    """What a file wrote, in the reader's language; plain text stands for both."""
    return value if isinstance(value, str) else value[lang]
