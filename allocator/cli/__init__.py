"""The ``allocator`` command: one file a command.

Heavy imports stand inside the commands, so that --help starts at once.
"""

from __future__ import annotations

import os
import sys

import typer

from allocator.cli import (
    assess,
    audit,
    check,
    compare,
    curves,
    database,
    decide,
    delegate,
    diff,
    documents,
    evaluate,
    explain,
    from_excel,
    import_book,
    init,
    ladder,
    look,
    new,
    plan,
    schema,
    serve,
    show,
    stability,
    status,
    submit,
    sweep,
    to_excel,
    tokens,
    user,
    verify,
    worker,
)
from mmm.terminal import run

__all__ = [
    "app",
    "assess",
    "audit",
    "check",
    "commands",
    "compare",
    "curves",
    "database",
    "decide",
    "delegate",
    "diff",
    "documents",
    "evaluate",
    "explain",
    "from_excel",
    "import_book",
    "init",
    "ladder",
    "look",
    "main",
    "new",
    "plan",
    "schema",
    "serve",
    "show",
    "stability",
    "status",
    "submit",
    "sweep",
    "to_excel",
    "tokens",
    "user",
    "verify",
    "worker",
]

app = typer.Typer(
    name="allocator",
    help="From a scenario file and response curves to a proven plan.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # mmm.terminal.run words what goes wrong
)


@app.callback()
def commands() -> None:
    """From a scenario file and response curves to a proven plan."""


app.command(epilog=init.EPILOG)(init.init)
app.command(epilog=new.EPILOG)(new.new)
app.command(epilog=show.EPILOG)(show.show)
app.command(epilog=check.EPILOG)(check.check)
app.command(epilog=diff.EPILOG)(diff.diff)
app.command(epilog=schema.EPILOG)(schema.schema)
app.command(epilog=to_excel.EPILOG)(to_excel.to_excel)
app.command(epilog=from_excel.EPILOG)(from_excel.from_excel)
app.command(epilog=plan.EPILOG)(plan.plan)
app.command(epilog=evaluate.EPILOG)(evaluate.evaluate)
app.command(epilog=compare.EPILOG)(compare.compare)
app.command(epilog=assess.EPILOG)(assess.assess)
app.command(epilog=documents.EPILOG)(documents.documents)
app.command(epilog=import_book.EPILOG)(import_book.import_book)
app.command(epilog=verify.EPILOG)(verify.verify)
app.command(epilog=status.EPILOG)(status.status)
app.command(epilog=explain.EPILOG)(explain.explain)
app.command(epilog=stability.EPILOG)(stability.stability)
app.command(epilog=ladder.EPILOG)(ladder.ladder)
app.command(epilog=submit.EPILOG)(submit.submit)
app.command(epilog=decide.REVIEW_EPILOG)(decide.review)
app.command(epilog=decide.APPROVE_EPILOG)(decide.approve)
app.command(epilog=decide.REJECT_EPILOG)(decide.reject)
app.command(epilog=decide.WITHDRAW_EPILOG)(decide.withdraw)
app.command(epilog=decide.RELEASE_EPILOG)(decide.release)
app.command(epilog=look.INBOX_EPILOG)(look.inbox)
app.command(epilog=look.LOG_EPILOG)(look.log)
app.command(epilog=look.RECEIPT_EPILOG)(look.receipt)
app.command(epilog=delegate.EPILOG)(delegate.delegate)
app.command(epilog=serve.EPILOG)(serve.serve)
app.command(epilog=worker.EPILOG)(worker.worker)
app.add_typer(user.user, name="user")
app.add_typer(tokens.token, name="token")
app.add_typer(database.db, name="db")
app.add_typer(audit.audit, name="audit")
app.add_typer(sweep.sweep, name="sweep")
app.add_typer(curves.curves, name="curves")


def main() -> None:
    """Entry point of the console script."""
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(threads, "1")  # small matrices: more threads only wait for each other
    sys.exit(run(app))
