"""The console script: all commands, and errors as one sentence with an exit code."""

from __future__ import annotations

import sys
import warnings
from contextlib import suppress

import typer

from app.cli import (
    ask,
    build,
    bulk,
    categorize,
    data,
    demo,
    doctor,
    evaluate,
    events,
    export,
    extract,
    fill,
    finetune,
    importing,
    jobs,
    keys,
    mapping,
    match,
    models,
    names,
    neo4j,
    pretrain,
    review,
    search,
    serving,
    worker,
)
from app.cli.output import FAILED, INTERRUPTED, NO_DATABASE, fail

EXIT_CODES = """
Exit codes: 0 done; 1 refused or failed; 2 wrong usage; 3 no database;
4 done, but some rows were rejected; 130 interrupted.
"""

cli = typer.Typer(
    name="catalograph",
    help="Turns catalog dumps into a product knowledge graph in Neo4j, and serves it." + EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.command("up")(serving.up)
cli.command("serve")(serving.serve)
cli.add_typer(neo4j.cli, name="neo4j")
cli.command("migrate")(data.migrate)
cli.command("import")(importing.import_)
cli.command("import-events")(events.import_events)
cli.command("bulk-load")(bulk.bulk_load)
cli.add_typer(mapping.cli, name="mapping")
cli.command("worker")(worker.worker)
cli.add_typer(jobs.cli, name="jobs")
cli.command("ask")(ask.ask)
cli.command("extract")(extract.extract)
cli.command("categorize")(categorize.categorize)
cli.command("build-graph")(build.build_graph)
cli.command("fill")(fill.fill)
cli.command("match")(match.match)
cli.command("search")(search.search)
cli.command("export")(export.export_)
cli.command("pretrain")(pretrain.pretrain)
cli.command("embed")(pretrain.embed)
cli.add_typer(finetune.cli, name="finetune")
cli.add_typer(models.cli, name="models")
cli.add_typer(review.cli, name="review")
cli.add_typer(names.cli, name="names")
cli.add_typer(evaluate.cli, name="evaluate")
cli.command("query")(data.query)
cli.command("stats")(data.stats)
cli.command("draw")(data.draw)
cli.add_typer(keys.cli, name="keys")
cli.command("doctor")(doctor.doctor)
cli.command("demo")(demo.demo)
cli.command("version")(data.version)


def main() -> None:
    # PyG compiles with torch.jit when it is imported; nothing that a user could do about it.
    warnings.filterwarnings("ignore", "`torch.jit", FutureWarning)
    warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
    from app.errors import AppError
    from graph.errors import DatabaseUnavailable, GraphError, ServerError
    from ml.errors import LearningError, packages_told

    as_json = "--json" in sys.argv
    try:
        with packages_told():
            cli()
    except (DatabaseUnavailable, ServerError) as error:
        fail(str(error), code=error.code, exit_code=NO_DATABASE, as_json=as_json)
    except (GraphError, LearningError, AppError) as error:
        fail(str(error), code=error.code, exit_code=FAILED, as_json=as_json)
    except KeyboardInterrupt:
        fail("interrupted", code="interrupted", exit_code=INTERRUPTED, as_json=as_json)
    except BrokenPipeError:  # `catalograph query … | head`
        sys.stderr.close()
        raise SystemExit(FAILED) from None
    except OSError as error:  # a full disk, an output that cannot be written
        with suppress(OSError):  # standard output may be what cannot be written
            fail(str(error), code="system_error", exit_code=FAILED, as_json=as_json)
        fail(str(error), code="system_error", exit_code=FAILED, as_json=False)


if __name__ == "__main__":
    main()
