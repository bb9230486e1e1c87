"""The operator's commands: appoint an office, forget what is past its time, replace a key."""

import json
from typing import Annotated

import typer

from app.identity.joining import verifying
from app.identity.joining.models import OFFICES
from app.identity.oauth import keys
from app.identity.privacy.retention import sweep
from app.identity.site import site_for
from app.kit.clock import Clock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.problems import NotFound

cli = typer.Typer(
    name="identity",
    help="Offices, retention and signing keys.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.command()
def appoint(
    organisation_id: Annotated[str, typer.Argument(help="An organisation's id.")],
    office: Annotated[str, typer.Argument(help=" or ".join(OFFICES))],
) -> None:
    """Appoint an organisation to verify others, or as the operator."""
    if office not in OFFICES:
        raise typer.BadParameter(" or ".join(OFFICES), param_hint="office")
    database = Database(Settings().url, pool_size=1)
    try:
        with database.unit_of_work() as session:
            verifying.appoint(session, organisation_id, office, Clock().now(session))
    except NotFound as error:
        raise typer.BadParameter("no such organisation", param_hint="organisation_id") from error
    finally:
        database.dispose()


@cli.command()
def forget() -> None:
    """Forget what is past its time, as the nightly job does; print how much of what."""
    database = Database(Settings().url, pool_size=1)
    with database.unit_of_work() as session:
        gone = sweep(session, Clock().now(session))
    database.dispose()
    typer.echo(json.dumps(gone))


@cli.command()
def rotate_key() -> None:
    """Sign access tokens with a new key from now on; print its id."""
    settings = Settings()
    database = Database(settings.url, pool_size=1)
    with database.unit_of_work() as session:
        kid = keys.rotate_now(session, site_for(settings).box, Clock().now(session))
    database.dispose()
    typer.echo(kid)


if __name__ == "__main__":
    cli()
