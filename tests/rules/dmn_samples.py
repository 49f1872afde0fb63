"""Small decision models for tests, written as short as DMN allows."""

from __future__ import annotations

from tongban.rules.dmn.execute import Model
from tongban.rules.dmn.model import Version


def document(body: str, version: Version = Version.DMN_1_5, attributes: str = "", namespace: str = "urn:test") -> bytes:
    head = f'<definitions xmlns="{version}" namespace="{namespace}" name="test" {attributes}>'
    return f"{head}{body}</definitions>".encode()


def model(body: str, **imports: bytes) -> Model:
    return Model.load(document(body), "m.dmn", {f"{name}.dmn": data for name, data in imports.items()})


def text(feel: str) -> str:
    """A literal expression."""
    escaped = feel.replace("&", "&amp;").replace("<", "&lt;")
    return f"<literalExpression><text>{escaped}</text></literalExpression>"


def given(*names: str, kind: str = "") -> str:
    """Input data, each with its name as id."""
    typed = f' typeRef="{kind}"' if kind else ""
    return "".join(f'<inputData id="{n}" name="{n}"><variable name="{n}"{typed}/></inputData>' for n in names)


def decision(name: str, logic: str, *, needs: str = "", kind: str = "") -> str:
    """A decision with its name as id. `needs` are words: `i:` input data, `d:` decisions, `k:` knowledge."""
    tags = {"i": ("information", "Input"), "d": ("information", "Decision"), "k": ("knowledge", "Knowledge")}
    parts = [(tags[word[0]], word[2:]) for word in needs.split()]
    required = "".join(
        f'<{tag}Requirement><required{what} href="{ref if ":" in ref else f"#{ref}"}"/></{tag}Requirement>'
        for (tag, what), ref in parts
    )
    typed = f' typeRef="{kind}"' if kind else ""
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{typed}/>{required}{logic}</decision>'


def knowledge(name: str, logic: str, **parameters: str) -> str:
    """A business knowledge model; parameters with their types, or with `Any`."""
    formal = "".join(f'<formalParameter name="{p}" typeRef="{t}"/>' for p, t in parameters.items())
    body = f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>"
    return f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/>{body}</businessKnowledgeModel>'


def item(name: str, kind: str, more: str = "") -> str:
    """An item definition that refers to another type."""
    return f'<itemDefinition name="{name}"><typeRef>{kind}</typeRef>{more}</itemDefinition>'


def value(built: Model, name: str = "d", **inputs: object) -> object:
    """The value of one decision."""
    return built.evaluate([name], inputs).values[name]
