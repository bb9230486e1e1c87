"""The `jejaring` command: run the service, migrate, solve and verify files."""

import json
from pathlib import Path
from typing import Annotated

import typer

from app import __version__

cli = typer.Typer(
    name="jejaring",
    help="A subcontracting marketplace on the satellite-factory model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
OPENAPI = Path("openapi/openapi.json")

TimeLimit = Annotated[float | None, typer.Option(help="Seconds.", min=0)]
WorkLimit = Annotated[
    float | None, typer.Option(help="Work units: the same allocation every time.", min=0)
]
Gap = Annotated[str, typer.Option(help="Stop within this fraction of the bound.")]
Seed = Annotated[int, typer.Option(min=0)]
Threads = Annotated[int, typer.Option(min=1)]
ProblemFile = Annotated[str, typer.Argument(help="Problem document; - reads standard input.")]


@cli.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


@cli.command()
def migrate() -> None:
    """Bring the database to this version: tables, job engine, reference data."""
    from app.kit.config import Settings  # noqa: PLC0415 - solving a file needs no database
    from app.setup import prepare  # noqa: PLC0415

    prepare(Settings())


@cli.command()
def serve() -> None:
    """Run the service; on SQLite it migrates first and does its own background work."""
    from app.kit.config import Settings  # noqa: PLC0415
    from app.serving import serve as run_server  # noqa: PLC0415

    run_server(Settings())


@cli.command()
def worker() -> None:
    """Run a worker (PostgreSQL only: an embedded server works by itself)."""
    from app.worker import main  # noqa: PLC0415

    main()


@cli.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Leave after the job.")] = False,
    port: Annotated[int, typer.Option(help="Port of the service; 0 takes a free one.")] = 8000,
) -> None:
    """Walk a real component tender through the service and stay up until Ctrl-C."""
    from app.demo.show import show  # noqa: PLC0415

    raise typer.Exit(show(once=once, port=port))


@cli.command()
def openapi(
    check: Annotated[bool, typer.Option("--check", help="Only compare.")] = False,
) -> None:
    """Write openapi/openapi.json, or tell whether it is up to date."""
    from app.main import create_app  # noqa: PLC0415

    text = json.dumps(create_app().openapi(), indent=1, ensure_ascii=False) + "\n"
    if not check:
        OPENAPI.write_text(text, encoding="utf-8")
    elif not OPENAPI.exists() or OPENAPI.read_text(encoding="utf-8") != text:
        typer.echo("openapi/openapi.json is out of date: run 'python3 dev.py openapi'", err=True)
        raise typer.Exit(1)


@cli.command()
def solve(
    problem: ProblemFile,
    output: Annotated[str, typer.Option("-o", "--output", help="Result document; - prints it.")],
    time_limit: TimeLimit = None,
    deterministic_limit: WorkLimit = None,
    gap: Gap = "0",
    seed: Seed = 0,
    threads: Threads = 2,
    certificate_budget: Annotated[
        int | None,
        typer.Option(
            min=0, help="Linear programs that may prove the bound; 0: no proof; default: by size."
        ),
    ] = None,
) -> None:
    """Solve an allocation problem; the result is verified before it is written."""
    from app.allocation import commands  # noqa: PLC0415

    raise typer.Exit(
        commands.solve_file(
            problem,
            output,
            time_limit=time_limit,
            deterministic_limit=deterministic_limit,
            gap=gap,
            seed=seed,
            threads=threads,
            certificate_budget=certificate_budget,
        )
    )


@cli.command()
def prepare() -> None:
    """Compile the search of large tenders ahead of the first: up to a minute, once."""
    from app.allocation.scale.search import prepare as compile_search  # noqa: PLC0415

    compile_search()


@cli.command()
def verify(
    problem: ProblemFile,
    result: Annotated[str, typer.Argument(help="Result document.")],
) -> None:
    """Check a result against its problem in exact arithmetic."""
    from app.allocation import commands  # noqa: PLC0415

    raise typer.Exit(commands.verify_files(problem, result))


@cli.command()
def check_certificate(
    problem: ProblemFile,
    result: Annotated[str, typer.Argument(help="Result document with its certificate.")],
) -> None:
    """Check the proof of a result's bound in exact arithmetic, without any solver."""
    from app.allocation.certificate import commands  # noqa: PLC0415

    raise typer.Exit(commands.check_certificate_files(problem, result))


@cli.command()
def offers_root(
    problem: ProblemFile,
    output: Annotated[str, typer.Option("-o", "--output", help="Root and proofs; - prints.")] = "-",
) -> None:
    """Make the root over all bids, to be published, and for each bidder its proof.

    The proofs hold nonces: give each to its bidder alone.
    """
    from app.allocation.inclusion import commands  # noqa: PLC0415

    raise typer.Exit(commands.offers_root_file(problem, output))


@cli.command()
def check_inclusion(
    bid: Annotated[str, typer.Argument(help="The offer or package as it was bid.")],
    proof: Annotated[str, typer.Argument(help="Its proof, from the buyer.")],
    root: Annotated[str, typer.Argument(help="The published root, such as 12:9f86d0…")],
) -> None:
    """Check that a bid entered the problem unaltered."""
    from app.allocation.inclusion import commands  # noqa: PLC0415

    raise typer.Exit(commands.check_inclusion_files(bid, proof, root))


@cli.command()
def explain(
    kind: Annotated[
        str,
        typer.Argument(
            help="price-of-rule, conflict, unfilled, what-would-have-won, frontier or replan."
        ),
    ],
    problem: ProblemFile,
    output: Annotated[str, typer.Option("-o", "--output", help="Answer; - prints it.")] = "-",
    result: Annotated[
        str | None, typer.Option(help="The problem's own result; for replan the plan so far.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="A rule, a bid or a failed firm; may be repeated.")
    ] = None,
    axis: Annotated[
        list[str] | None, typer.Option(help="A measure of the frontier, twice; - maximises.")
    ] = None,
    most_points: Annotated[int, typer.Option(help="Points of a frontier.", min=2)] = 50,
    bands: Annotated[bool, typer.Option("--bands", help="Only bands of 5 %.")] = False,
    frozen_until: Annotated[
        str | None, typer.Option(help="Of replan: the last period that has been delivered.")
    ] = None,
    time_limit: TimeLimit = None,
    deterministic_limit: WorkLimit = None,
    gap: Gap = "0",
    seed: Seed = 0,
    threads: Threads = 2,
) -> None:
    """Answer a question about an allocation: prices of rules, conflicts, what would have won."""
    from app.allocation.explaining import commands  # noqa: PLC0415

    raise typer.Exit(
        commands.explain_files(
            kind,
            problem,
            output,
            known_path=result,
            names=name or (),
            axes=axis or (),
            most_points=most_points,
            bands=bands,
            frozen_until=frozen_until,
            time_limit=time_limit,
            deterministic_limit=deterministic_limit,
            gap=gap,
            seed=seed,
            threads=threads,
        )
    )


def run() -> None:
    """Entry point of the installed command."""
    cli()


if __name__ == "__main__":
    run()
