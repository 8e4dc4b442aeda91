"""The ``tieout`` command: what `make` calls and what an operator types."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from governance.errors import GovernanceError
from governance.settings import settings
from orchestration.errors import OrchestrationError

app = typer.Typer(
    help="A risk and compliance warehouse in which every reported figure ties out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
feed_app = typer.Typer(
    help="Deliveries: look at a file before it is loaded.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(feed_app, name="feed")
report_app = typer.Typer(
    help="Reports: files for a regulator, and what comes back.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(report_app, name="report")
control_app = typer.Typer(
    help="Controls (SOX): what they conclude, and its sign-off by owner and reviewer.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(control_app, name="control")
Action = Literal["attest", "confirm", "send_back"]
Conclusion = Literal["effective", "ineffective", "not_tested"]
console = Console(width=None if sys.stdout.isatty() else 120)


@app.command(epilog="Example: tieout run --business-date 2022-12-28")
def run(
    business_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Land and build up to this date; default: all that has arrived."),
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build everything from nothing, even when nothing is new.")
    ] = False,
) -> None:
    """Run the daily job: land, build, test, publish when every check is green."""
    from orchestration.lib import display, environment, runner
    from orchestration.lib.dbt import parse_project_meanwhile

    os.environ.setdefault("TIEOUT_RETRIES", "0")
    started = datetime.now().astimezone()
    ring = environment.prepare()
    if not runner.has_ever_had_a_file():
        console.print("The inbox has never had a file: making the demonstration bank's deliveries first.")
        parse_project_meanwhile()
        _generate(scale=1.0, seed=DEFAULT_SEED)
    with display.run_progress(console) as listener:
        outcome = runner.run_daily(
            ring, business_date.date() if business_date else None, rebuild=rebuild, listener=listener
        )
    display.closing_summary(console, ring, outcome, started)


@app.command(epilog="Example: tieout up --app-port 8501 --dagster-port 3000")
def up(
    app_port: Annotated[int, typer.Option(help="Port of the reporting app.")] = 8501,
    dagster_port: Annotated[int, typer.Option(help="Port of the Dagster UI.")] = 3000,
) -> None:
    """Open the Dagster UI and the reporting app together, on this machine only; Ctrl-C ends both."""
    from orchestration.lib import environment, servers

    environment.prepare()
    servers.serve(console, app_port=app_port, dagster_port=dagster_port)


@app.command(
    epilog="Example: tieout dbt build --select fct_positions_daily+",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def dbt(context: typer.Context) -> None:
    """Run dbt with the right key, profile and project; takes dbt's own arguments."""
    from orchestration.lib import environment
    from orchestration.lib.dbt import run_dbt
    from orchestration.lib.writer import warehouse_writer

    environment.prepare()
    # A folder of its own: the gate must never judge the results of something typed between two steps of a run.
    os.environ["DBT_TARGET_PATH"] = str(settings().root / "dbt" / "typed")
    with warehouse_writer():
        completed = run_dbt(context.args)
    raise typer.Exit(completed.returncode)


DEFAULT_SEED = 20221228


@app.command(epilog="Example: tieout demo-data --scale 5 --seed 7")
def demo_data(
    scale: Annotated[
        float, typer.Option(min=0.01, max=100, help="1 is 5,000 customers, 500,000 payments, 60,000 trades.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed and scale give the same bytes.")] = DEFAULT_SEED,
) -> None:
    """Make the demonstration bank's deliveries and put them in the inbox."""
    from orchestration.lib import environment, runner

    environment.prepare()
    if runner.has_ever_had_a_file():
        raise OrchestrationError(
            "This installation already has deliveries, and demonstration data must not mix with them: "
            "set TIEOUT_HOME to an empty folder, or remove the present one with `make clean`."
        )
    _generate(scale, seed)


@app.command(epilog="Example: tieout status")
def status() -> None:
    """Say what is in force: last build, gate, open limit breaches, files that wait, alerts."""
    from orchestration.lib import display, environment

    display.status(console, environment.prepare())


@app.command(epilog="Example: tieout verify --head 12:4e1c3c66cdbc...")
def verify(
    head: Annotated[
        str | None,
        typer.Option(help="An audit record noted earlier, number:hash as an export prints it; it must still be there."),
    ] = None,
    sign_off_head: Annotated[
        str | None,
        typer.Option(help="The same for a record of the sign-off log, as `tieout control attest` prints it."),
    ] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Also hash the content of every published table anew.")] = False,
) -> None:
    """Check that the audit log, the sign-off log and every published build are as they were written."""
    from orchestration.lib import display, environment
    from orchestration.lib.verification import read_head, verify_all

    noted = read_head(head) if head else None
    noted_sign_off = read_head(sign_off_head) if sign_off_head else None
    verdicts = verify_all(environment.prepare(create_keys=False), noted, noted_sign_off, deep=deep)
    display.verdicts(console, verdicts)
    if not all(verdict.is_whole for verdict in verdicts):
        raise typer.Exit(1)


@feed_app.command("check", epilog="Example: tieout feed check payments_2022-12-28.csv")
def feed_check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A delivery, named as its contract says.")],
    business_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The date it is delivered for; default: its folder's name."),
    ] = None,
) -> None:
    """Show what a file would give, without loading it. Exit status 1 when it would be refused or rows quarantined."""
    from orchestration.landing import check_file
    from orchestration.lib import display, environment

    ring = environment.prepare()
    result = check_file(file.resolve(), ring, business_date=business_date.date() if business_date else None)
    display.delivery_check(console, result)
    if result.status == "refused" or result.rows_quarantined:
        raise typer.Exit(1)


@report_app.command(
    "export",
    epilog="Example: tieout report export mifid_rts22 --format xml --date 2022-12-28 --to /srv/outbox",
)
def report_export(
    report_id: Annotated[str, typer.Argument(help="The report: mifid_rts22 (MiFIR transaction reports).")],
    file_format: Annotated[str, typer.Option("--format", help="Format of the file: xml (ISO 20022).")] = "xml",
    reporting_date: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Reporting date; default: the build's business date."),
    ] = None,
    purpose: Annotated[
        str | None, typer.Option(help="Why, in your words; it is kept in the audit log with your name.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="Folder outside TIEOUT_HOME for files in clear, which hold personal data; default: encrypted files "
            "under TIEOUT_HOME/exports.",
        ),
    ] = None,
) -> None:
    """Write a report of the build in force as the files that are sent. The audit log records it first."""
    from orchestration.lib import display, environment, report_files

    ring = environment.prepare(create_keys=False)
    exported = report_files.export_report(
        ring,
        report_id,
        file_format,
        purpose=purpose,
        reporting_date=reporting_date.date() if reporting_date else None,
        to=to.resolve() if to else None,
    )
    display.exported_files(console, exported)


@report_app.command("feedback", epilog="Example: tieout report feedback status_advice.xml")
def report_feedback(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A status advice (ISO 20022 auth.031.001.01).")
    ],
    business_date: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="Date from which it counts as known; default: when it was made."
        ),
    ] = None,
) -> None:
    """Put an authority's answer to transaction reports into the inbox; the next run lands it."""
    from orchestration.lib import display, environment
    from orchestration.lib.report_feedback import deliver_feedback

    ring = environment.prepare(create_keys=False)
    delivery = deliver_feedback(ring, file.resolve(), business_date.date() if business_date else None)
    display.feedback_delivery(console, delivery)


ControlId = Annotated[str, typer.Argument(help="The control, for example JE-02.")]
PeriodId = Annotated[str, typer.Argument(help="The month or quarter, for example 2022-11 or 2022-Q3.")]
BuildId = Annotated[
    str | None,
    typer.Option("--build", help="The build whose result you looked at; refused unless it is in force. Default: that."),
]
Statement = Annotated[str, typer.Option(help="What you looked at and found, in one line; it is kept with your name.")]


@control_app.command("list", epilog="Example: tieout control list --period 2022-11")
def control_list(
    period: Annotated[str | None, typer.Option(help="A month or quarter; default: the latest that are closed.")] = None,
) -> None:
    """Show what the controls of a period conclude and how far that is signed."""
    from orchestration.lib import controls, display_controls, environment

    display_controls.control_lines(console, controls.control_lines(environment.prepare(create_keys=False), period))


@control_app.command(
    "attest",
    epilog='Example: tieout control attest JE-02 2022-11 --conclusion effective --statement "None in 212 journals."',
)
def control_attest(
    control_id: ControlId,
    period_id: PeriodId,
    conclusion: Annotated[Conclusion, typer.Option(help="The conclusion as computed, which you attest.")],
    statement: Statement,
    build: BuildId = None,
) -> None:
    """Attest a control's result, as its owner. What is not allowed is refused and recorded."""
    _sign("attest", control_id, period_id, statement, build, conclusion)


@control_app.command(
    "confirm", epilog='Example: tieout control confirm JE-02 2022-11 --statement "Exceptions traced to the journals."'
)
def control_confirm(control_id: ControlId, period_id: PeriodId, statement: Statement, build: BuildId = None) -> None:
    """Confirm what the owner attested, as the control's reviewer. What is not allowed is refused and recorded."""
    _sign("confirm", control_id, period_id, statement, build)


@control_app.command(
    "send-back", epilog='Example: tieout control send-back JE-02 2022-11 --statement "J000012345 is not explained."'
)
def control_send_back(control_id: ControlId, period_id: PeriodId, statement: Statement, build: BuildId = None) -> None:
    """Send an attestation back to the owner, as the control's reviewer, saying what is missing."""
    _sign("send_back", control_id, period_id, statement, build)


@control_app.command("history", epilog="Example: tieout control history JE-02 2022-11")
def control_history(
    control_id: Annotated[str | None, typer.Argument(help="The control; default: all.")] = None,
    period_id: Annotated[str | None, typer.Argument(help="The month or quarter; default: all.")] = None,
) -> None:
    """Show who attested, confirmed, sent back or was refused, oldest first."""
    from orchestration.lib import controls, display_controls

    display_controls.history(console, controls.history(control_id, period_id))


def _sign(
    action: Action,
    control_id: str,
    period_id: str,
    statement: str,
    build_id: str | None,
    conclusion: str | None = None,
) -> None:
    from governance.approvals import Request, sign_off
    from orchestration.lib import display_controls, environment
    from orchestration.lib.report_files import operating_system_user

    ring = environment.prepare(create_keys=False)
    request = Request(action, control_id, period_id, operating_system_user(), statement, build_id, conclusion)
    display_controls.signed(console, sign_off(request, ring))


@app.command(epilog="Example: tieout validate-models --cases ../shared/reference --json validation.json")
def validate_models(
    cases: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="Folder of published cases, or a part of it.")
    ],
    json_file: Annotated[
        Path | None, typer.Option("--json", dir_okay=False, help="Also write every finding here.")
    ] = None,
    markdown: Annotated[Path | None, typer.Option(dir_okay=False, help="Also write the report here.")] = None,
) -> None:
    """Check the risk models against published figures. Exit status 1 when one is wrong or not understood."""
    from orchestration.validation import is_failure, report, validate

    findings = list(validate(cases))
    report.show(console, findings)
    for path, write in ((json_file, report.as_json), (markdown, report.as_markdown)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(write(findings), encoding="utf-8")
    if any(is_failure(finding) for finding in findings):
        raise typer.Exit(1)


def _generate(scale: float, seed: int) -> None:
    from orchestration.demo_bank import generate
    from orchestration.lib import display

    answers = settings().demo / "answers.json"
    with display.run_progress(console) as listener:
        summary = generate(settings().inbox, answers, scale=scale, seed=seed, progress=listener)
    display.demo_summary(console, summary)


def main() -> None:
    """Run the command; an expected error is one sentence on standard error and exit status 1."""
    try:
        app()
    except (OrchestrationError, GovernanceError) as error:
        Console(stderr=True).print(f"[bold red]Error[/] {error}", soft_wrap=True, highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
