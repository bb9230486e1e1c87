"""Entity tags from revisions: 304 for what is known, 412 and 428 for blind writes (RFC 9110)."""

from fastapi import Request, Response

from app.kit.problems import NotModified, Problem


class PreconditionRequired(Problem):
    """A write without `If-Match`."""

    status = 428
    code = "precondition_required"
    title = "If-Match is required"
    sentence = (
        "Send the ETag that you read in the If-Match header, so that no change is overwritten."
    )


class PreconditionFailed(Problem):
    """A write against an older revision."""

    status = 412
    code = "precondition_failed"
    title = "It has changed since you read it"
    sentence = "Somebody changed it after you read it: read it again and repeat your change."


def etag(revision: int) -> str:
    """Return the strong tag of a revision."""
    return f'"r{revision}"'


def _tags(header: str) -> set[str]:
    return {part.strip().removeprefix("W/") for part in header.split(",")}


def require_match(request: Request, revision: int) -> None:
    """Refuse a write whose `If-Match` is missing or names another revision."""
    header = request.headers.get("if-match")
    if header is None:
        raise PreconditionRequired
    if header.strip() != "*" and etag(revision) not in _tags(header):
        raise PreconditionFailed


def unchanged(request: Request, response: Response, revision: int) -> None:
    """Set the `ETag` of an answer; a reader who has this revision is answered 304 at once.

    Raises
    ------
    NotModified
        When `If-None-Match` names this revision.
    """
    response.headers["ETag"] = etag(revision)
    header = request.headers.get("if-none-match")
    if header is not None and etag(revision) in _tags(header):
        raise NotModified(etag(revision))
