"""The form of log records: JSON, a record to a line, or text for people."""

import logging
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

FORMATS = ("json", "text")

# Of the request that this thread answers; "" outside of requests.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdFilter(logging.Filter):
    """Every record bears the id of the request during which it was made."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JSONFormatter(JsonFormatter):
    """Time, level, logger and message; the id of the request; what the record adds."""

    def __init__(self) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{message}",
            style="{",
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            rename_fields={
                "asctime": "time",
                "levelname": "level",
                "name": "logger",
                "exc_info": "traceback",
            },
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        # Django hands the request itself over, which would be written with its query.
        log_data.pop("request", None)
        if not log_data.get("request_id"):
            log_data.pop("request_id", None)
        return super().process_log_record(log_data)


def configuration(form: str, *, access: bool) -> dict[str, Any]:
    """For `logging.config`: all goes to standard error, where whoever runs the process looks."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "learn.monitoring.logs.RequestIdFilter"},
            "without_debug": {"()": "django.utils.log.RequireDebugFalse"},
        },
        "formatters": {
            "json": {"()": "learn.monitoring.logs.JSONFormatter"},
            "text": {
                "format": "{asctime} {levelname} {name} {request_id}: {message}",
                "style": "{",
            },
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["request_id"],
            },
            "mail": {
                "class": "django.utils.log.AdminEmailHandler",
                "level": "ERROR",
                "filters": ["without_debug"],
            },
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "quicktakes.access": {"level": "INFO" if access else "WARNING"},
            # In place of Django's own handlers, which with DEBUG on would write all a second time.
            "django": {"handlers": ["mail"], "level": "WARNING"},
            # Of every 404 and 403; the access record says that already.
            "django.request": {"level": "ERROR"},
            # gunicorn's own handlers would write in another form.
            "gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False},
        },
    }
