"""GET /x1/registry: who takes part in the exchange and what each may ask, signed, for the nodes of departments."""

from litestar import Response, get

from tongban.web.site import Site


@get("/x1/registry")
async def registry(site: Site) -> Response[bytes]:
    """The registry of this moment as a compact JWS. It is public: it names bodies and grants, nobody's data."""
    token = await site.centre.published()
    return Response(token.encode(), media_type="application/jose", headers={"cache-control": "no-store"})


ROUTES = [registry]
