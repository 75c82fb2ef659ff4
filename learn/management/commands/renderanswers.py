import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from learn.rerender import failed_formulas, render_again


class Command(BaseCommand):
    help = (
        "Render again the answers whose HTML an older renderer wrote. Safe to repeat and to "
        "interrupt."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="render every answer again")
        parser.add_argument(
            "--report",
            metavar="FILE",
            help="write the formulas that cannot be set, by url, as JSON",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = render_again(every=options["all"])
        self.say(options, f"{count:,} answers rendered")
        if options["report"]:
            failed = dict(failed_formulas())
            text = json.dumps(failed, indent=1, ensure_ascii=False)
            Path(options["report"]).write_text(f"{text}\n", encoding="utf-8")
            formulas = sum(map(len, failed.values()))
            self.say(
                options,
                f"{formulas:,} formulas in {len(failed):,} answers cannot be set; "
                f"see {options['report']}",
            )

    def say(self, options: dict[str, Any], line: str) -> None:
        if options["verbosity"]:
            self.stdout.write(line)
