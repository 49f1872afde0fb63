"""The engine under law as it is shipped, and the demonstration province with its officials."""

from collections.abc import Callable, Iterable

from tongban.base.clock import Clock
from tongban.catalog import load_procedure, load_service
from tongban.catalog.catalogue import Catalogue
from tongban.catalog.shipped import shipped
from tongban.org import Actor, Directory, demo

REGION = "990101"
Seats = Callable[..., Actor]


def shipped_law(clock: Clock, services: Iterable[str], procedures: Iterable[str]) -> Catalogue:
    """These service and procedure files and no others."""
    return Catalogue(
        [load_service((shipped("services") / f"{one}.yaml").read_text("utf-8")).require() for one in services],
        [load_procedure((shipped("procedures") / f"{one}.yaml").read_text("utf-8")).require() for one in procedures],
        clock=clock,
    )


def province(clock: Clock) -> Directory:
    return Directory.build(demo.register(), clock)


def seats(directory: Directory) -> Seats:
    """Whoever sits there: `market.examiner`, in the district unless another region is named."""
    names = {one.id: one for one in demo.officials()}

    def official(seat: str, region: str = REGION) -> Actor:
        post = directory.post(f"{region}.{seat}")
        return Actor.official(names[f"o-{post.id}"], post, directory.body(post.body))

    return official
