"""The command line of ``./dev``."""

import argparse

from .paths import RUN_DB

EPILOG = """\
environment:
  ODOO_SRC                 a checkout of Odoo 19 to use instead of fetching one
  PGHOST, PGPORT, PGUSER … a PostgreSQL server to use instead of the embedded one
  EXPO_CACHE               folder for what is downloaded once and shared between clones
                           (else $XDG_CACHE_HOME/expo_followup, else ~/.cache/expo_followup)

Everything needed is fetched and prepared on first use; see docs/development.md.
"""


def parse(argv):
    """The options for ``argv``; ``options.call(options)`` does the work."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("./dev", description=__doc__, epilog=EPILOG, formatter_class=formatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    command = commands.add_parser("run", help="start Odoo with demo data at http://localhost:8069")
    command.add_argument("--port", type=int, default=8069, help="port of the web server (default 8069)")
    command.add_argument("--fresh", action="store_true", help="make the database anew, its data is lost")
    command.add_argument("--log", action="store_true", help="show Odoo's log here, not only in .dev/odoo-run.log")
    command.set_defaults(call=_run)

    command = commands.add_parser("test", help="run the tests: ./dev test [PYTEST ARGS]", add_help=False)
    command.set_defaults(call=_test)

    command = commands.add_parser("lint", help="check the source; --fix also formats it")
    command.add_argument("--fix", action="store_true", help="format the source and mend what can be mended")
    command.add_argument("--report", action="store_true", help="print counts of the addon's structure instead")
    command.set_defaults(call=_lint)

    command = commands.add_parser("bench", help="measure: ./dev bench [NAME…]")
    command.add_argument("names", nargs="*", help="benchmarks to run (bench/bench_<NAME>.py), all when none is given")
    command.set_defaults(call=_bench)

    command = commands.add_parser("i18n", help="refresh the addon's translation files from its present terms")
    command.add_argument("files", nargs="*", help="further .po files whose translations are taken over")
    command.add_argument("--homonyms", action="store_true", help="list terms with several meanings instead")
    command.add_argument("--draw", type=int, metavar="N", help="print N terms drawn at random instead, to be judged")
    command.add_argument("--seed", type=int, default=0, help="which terms are drawn")
    command.add_argument("--strict", action="store_true", help="fail on homonyms without a reason")
    command.set_defaults(call=_i18n)

    command = commands.add_parser("shell", help="a Python shell with env on a database")
    command.add_argument("-d", "--database", default=RUN_DB, help=f"default {RUN_DB}")
    command.set_defaults(call=_shell)

    command = commands.add_parser("odoo", help="Odoo's own command line: ./dev odoo ARGS…", add_help=False)
    command.set_defaults(call=_odoo)

    command = commands.add_parser("stop", help="stop the server and PostgreSQL of this checkout")
    command.set_defaults(call=_stop)

    if argv and argv[0] in {"test", "odoo"}:  # everything after these belongs to another program
        options = parser.parse_args(argv[:1])
        options.args = argv[1:]
        return options
    return parser.parse_args(argv)


# Each command imports what it needs when it is called: the first stage runs outside the venv.


def _run(options):
    from .run import run_server

    return run_server(options.port, fresh=options.fresh, show_log=options.log)


def _test(options):
    from .test import run_tests

    return run_tests(options.args)


def _lint(options):
    from .lint import run_lint, run_report

    return run_report() if options.report else run_lint(fix=options.fix)


def _bench(options):
    from .bench import run_benchmarks

    return run_benchmarks(options.names)


def _i18n(options):
    if options.draw:
        from .i18n import draw

        return draw(options.draw, options.seed)
    if options.homonyms:
        from .homonyms import report

        return report(options.strict)
    from .i18n import refresh

    return refresh(options.files)


def _shell(options):
    from .odoo import call_odoo

    return call_odoo(["shell", "-d", options.database, "--no-http", "--max-cron-threads=0"])


def _odoo(options):
    from .odoo import call_odoo

    return call_odoo(options.args)


def _stop(_options):
    from .run import stop

    return stop()
