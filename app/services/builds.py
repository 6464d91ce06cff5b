"""What is asked of a run that reads the texts of products; light: every process imports it."""

from __future__ import annotations

from app.errors import BuildInvalid
from graph.errors import ValueInvalid
from graph.filters import Filter, OneOf, Term
from graph.records import Record
from graph.text import item_id

BUILD = "build"  # kind of jobs
ACCEPT, PROPOSE, LINK = 0.85, 0.3, 0.6


class BuildSpec(Record, frozen=True, kw_only=True):
    """Which products are read, and what is done with what they state.

    Attributes:
        source: only its products; None: those of all.
        only_text: only products of which no catalog states a fact, or something was read before.
        accept: facts this sure count from now on, in 0..1.
        propose: facts less sure than `accept`, but this sure, wait for a person.
        link: a product is linked to a model this sure; a linker names none that it doubts.
    """

    source: str | None = None
    only_text: bool = True
    accept: float = ACCEPT
    propose: float = PROPOSE
    link: float = LINK


def check_build(spec: BuildSpec) -> None:
    """What can be said of a run before it is made.

    Raises:
        BuildInvalid: names the setting.
    """
    shares = {"accept": spec.accept, "propose": spec.propose, "link": spec.link}
    for setting, share in shares.items():
        if not 0.0 <= share <= 1.0:
            raise BuildInvalid(setting=setting, reason=f"{share} is not between 0 and 1")
    if spec.propose > spec.accept:
        reason = f"{spec.propose} is above {spec.accept}, from which on facts are accepted"
        raise BuildInvalid(setting="propose", reason=reason)
    checked_source(spec.source, BuildInvalid)


def checked_source(source: str | None, invalid: type[BuildInvalid]) -> None:
    """Raises `invalid`: it is no name of a source."""
    if source is not None:
        try:
            item_id(source, "any")
        except ValueInvalid as error:
            raise invalid(setting="source", reason=error.reason) from error


def of_source(source: str | None) -> Filter:
    """The items of a source, or all."""
    return Filter() if source is None else Filter((Term("source", OneOf((source,))),))
