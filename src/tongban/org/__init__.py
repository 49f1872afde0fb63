"""Regions, bodies, posts, powers, mandates; who may do what; who is logged in."""

from tongban.org.agreements import Agreement, AgreementMode
from tongban.org.authority import Grant, Purpose, Refusal, allow, may, second_person
from tongban.org.competence import Competent, competent_for
from tongban.org.directory import Competence, Directory, Remedies
from tongban.org.mandate import Mandate
from tongban.org.model import (
    Actor,
    Body,
    Matter,
    Person,
    Post,
    Power,
    RealName,
    Region,
    Register,
    Role,
)
from tongban.org.moved import Delegation
from tongban.org.scope import Scope, visible

__all__ = [
    "Actor",
    "Agreement",
    "AgreementMode",
    "Body",
    "Competence",
    "Competent",
    "Delegation",
    "Directory",
    "Grant",
    "Mandate",
    "Matter",
    "Person",
    "Post",
    "Power",
    "Purpose",
    "RealName",
    "Refusal",
    "Region",
    "Register",
    "Remedies",
    "Role",
    "Scope",
    "allow",
    "competent_for",
    "may",
    "second_person",
    "visible",
]
