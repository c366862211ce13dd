"""Settings of a deployment: where Kafka is, how to reach it, what the topics are called.

Every setting is one field of `Settings`, documented and bounded where it is declared; its
environment variable is the field's name in capitals behind `OFFBOOK_`. Nothing is read at
import time: `from_env` is given the environment. What to detect is no setting but policy.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Final, get_type_hints

from config.variables import (
    Secret,
    Setting,
    addresses,
    choice,
    flag,
    integer,
    matching,
    path,
    seconds,
    secret,
    topic,
)

PREFIX: Final = "OFFBOOK_"

# Read by the test suite and the benchmarks, never by the product.
_FOREIGN: Final = re.compile(r"OFFBOOK_(TEST_\w+|DATA)")


class SettingsError(ValueError):
    """A setting is refused; the message has one line for each variable at fault."""


@dataclass(frozen=True)
class Settings:
    """One deployment. Fields that name topics are whole names once this is built."""

    brokers: Annotated[
        tuple[str, ...],
        Setting("Kafka brokers to start from.", "host:port, several by commas", addresses),
    ] = ("localhost:9092",)
    app_id: Annotated[
        str,
        matching(
            "Name of the worker and of its consumer group.",
            r"[A-Za-z0-9._-]{1,100}",
            "1 to 100 of letters, digits, dot, underscore and hyphen",
        ),
    ] = "offbook"

    security_protocol: Annotated[
        str,
        choice("How to talk to the brokers.", "PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
    ] = "PLAINTEXT"
    tls_ca: Annotated[
        str, path("Authorities that vouch for the brokers; the system's if empty.")
    ] = ""
    tls_cert: Annotated[str, path("This client's certificate, where the brokers ask for one.")] = ""
    tls_key: Annotated[str, path("The key of `OFFBOOK_TLS_CERT`.")] = ""
    tls_key_password: Annotated[Secret, secret("Password of `OFFBOOK_TLS_KEY`.")] = Secret()  # noqa: RUF009 -- an immutable str
    tls_check_hostname: Annotated[
        bool, flag("Whether a broker's certificate must bear its host name.")
    ] = True
    sasl_mechanism: Annotated[
        str, choice("How to log in.", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
    ] = "PLAIN"
    sasl_username: Annotated[str, Setting("User to log in as.", "text", str)] = ""
    sasl_password: Annotated[Secret, secret("Password to log in with.")] = Secret()  # noqa: RUF009

    topic_prefix: Annotated[
        str,
        matching(
            "What the names of offbook's own topics begin with.",
            r"[A-Za-z0-9._-]{0,100}",
            "up to 100 of letters, digits, dot, underscore and hyphen",
        ),
    ] = "offbook."
    topic_events: Annotated[str, topic("What happens on the platform (in).")] = "platform.events"
    topic_decisions: Annotated[str, topic("What reviewers decided (in).")] = "{prefix}decisions"
    topic_policy: Annotated[str, topic("Policy bundles (in, compacted).")] = "{prefix}policy"
    topic_recommendations: Annotated[str, topic("Penalty recommendations (out).")] = (
        "{prefix}recommendations"
    )
    topic_deadletter: Annotated[str, topic("What was refused, and why (out).")] = (
        "{prefix}deadletter"
    )
    topic_views: Annotated[str, topic("Views, keyed by entity (internal).")] = "{prefix}views"
    topic_findings: Annotated[str, topic("Findings, keyed by account (internal).")] = (
        "{prefix}findings"
    )
    partitions_events: Annotated[
        int,
        integer("Partitions of events and dead letters, where offbook creates them.", 1, 1000),
    ] = 4
    partitions_views: Annotated[
        int, integer("Partitions of views: no more workers than these can detect.", 1, 1000)
    ] = 4
    partitions_accounts: Annotated[
        int,
        integer(
            "Partitions of findings, decisions and recommendations: all keyed by account, and one"
            " worker must own an account in each of them.",
            1,
            1000,
        ),
    ] = 4
    replication: Annotated[
        int, integer("Copies of a topic that offbook creates; 0: as the broker is set.", 0, 9)
    ] = 0

    idle_timeout_s: Annotated[
        float, seconds("After this long without a record, a source holds no watermark.", 0.1, 3600)
    ] = 10.0
    batch_size: Annotated[int, integer("Records handled at once, at most.", 1, 100_000)] = 5_000
    buffer_batches: Annotated[
        int, integer("Batches waiting in memory for one agent, about.", 1, 1000)
    ] = 8
    session_timeout_s: Annotated[
        float,
        seconds("After this long without a heartbeat, a worker's partitions move on.", 6, 300),
    ] = 10.0
    checkpoint_url: Annotated[
        str,
        matching(
            "Where state is kept across restarts; empty: nowhere.",
            r"([a-z][a-z0-9+.-]*://.+)?",
            "a URL such as file:///var/lib/offbook or s3://bucket/offbook",
        ),
    ] = ""
    checkpoint_interval_s: Annotated[
        float, seconds("How often each partition's state is stored, where it changed.", 0.1, 86400)
    ] = 30.0
    checkpoints_kept: Annotated[
        int, integer("Checkpoints kept of each partition: the newest, and those before it.", 2, 100)
    ] = 3
    web_port: Annotated[
        int, integer("Port of the worker's health and metrics page; 0: none.", 0, 65535)
    ] = 0
    log_level: Annotated[
        str, choice("How much the worker says.", "debug", "info", "warning", "error")
    ] = "info"

    def __post_init__(self) -> None:
        for name in topic_fields():
            resolved = getattr(self, name).replace("{prefix}", self.topic_prefix)
            object.__setattr__(self, name, resolved)
        problems = list(_contradictions(self))
        if problems:
            raise SettingsError("\n".join(problems))

    @property
    def tls(self) -> bool:
        """Whether connections are encrypted."""
        return self.security_protocol in ("SSL", "SASL_SSL")

    @property
    def sasl(self) -> bool:
        """Whether the client logs in."""
        return self.security_protocol.startswith("SASL_")


def topic_fields() -> tuple[str, ...]:
    """The fields of `Settings` that hold a topic's name."""
    names = (field.name for field in fields(Settings))
    return tuple(name for name in names if re.match(r"topic_(?!prefix)", name))


def _contradictions(settings: Settings) -> list[str]:
    """Settings that are each in bounds, but not together."""
    problems = []
    protocol = settings.security_protocol
    if settings.sasl and not (settings.sasl_username and settings.sasl_password):
        problems.append(
            f"OFFBOOK_SASL_USERNAME and OFFBOOK_SASL_PASSWORD are needed: "
            f"OFFBOOK_SECURITY_PROTOCOL is {protocol}"
        )
    if not settings.sasl and (settings.sasl_username or settings.sasl_password):
        problems.append(
            f"OFFBOOK_SASL_USERNAME and OFFBOOK_SASL_PASSWORD would not be used: "
            f"OFFBOOK_SECURITY_PROTOCOL is {protocol}; allowed: SASL_SSL or SASL_PLAINTEXT"
        )
    if not settings.tls and (settings.tls_ca or settings.tls_cert or settings.tls_key):
        problems.append(
            f"OFFBOOK_TLS_* would not be used: OFFBOOK_SECURITY_PROTOCOL is {protocol}; "
            f"allowed: SSL or SASL_SSL"
        )
    if settings.tls_key and not settings.tls_cert:
        problems.append("OFFBOOK_TLS_KEY needs OFFBOOK_TLS_CERT: the certificate it belongs to")
    owners: dict[str, str] = {}
    for name in topic_fields():
        called, variable = getattr(settings, name), variable_of(name)
        if not 0 < len(called) <= 249 or called in (".", ".."):
            problems.append(
                f"{variable}={called!r} is no topic name; allowed: 1 to 249 characters in all"
            )
        if called in owners:
            problems.append(
                f"{variable}={called!r} is also {owners[called]}; allowed: another name"
            )
        owners[called] = variable
    return problems


def variable_of(field: str) -> str:
    """The environment variable of a field of `Settings`."""
    return PREFIX + field.upper()


def declared() -> dict[str, Setting]:
    """Each field of `Settings` with what stands behind it, in the order of declaration."""
    hints = get_type_hints(Settings, include_extras=True)
    return {field.name: hints[field.name].__metadata__[0] for field in fields(Settings)}


def from_env(env: Mapping[str, str]) -> Settings:
    """Settings out of the environment; a variable that is unset or empty keeps its default.

    Raises SettingsError naming every variable at fault, what is wrong and what is allowed.
    """
    values: dict[str, Any] = {}
    problems = []
    for name, setting in declared().items():
        text = env.get(variable_of(name), "")
        if not text:
            continue
        try:
            values[name] = setting.parse(text)
        except (ValueError, KeyError):
            problems.append(
                f"{variable_of(name)}={text!r} is not allowed; allowed: {setting.allowed}"
            )
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values)


def unknown_variables(env: Mapping[str, str]) -> list[str]:
    """One line for each `OFFBOOK_*` variable that is no setting, with the nearest that is."""
    known = [variable_of(name) for name in declared()]
    # Compared without the prefix, which all have and which would make all look alike.
    short = [variable.removeprefix(PREFIX) for variable in known]
    lines = []
    for variable in sorted(env):
        if variable.startswith(PREFIX) and variable not in known and not _FOREIGN.match(variable):
            near = difflib.get_close_matches(variable.removeprefix(PREFIX), short, n=1)
            meant = f"; did you mean {PREFIX}{near[0]}?" if near else ""
            lines.append(f"{variable} is not a setting and was ignored{meant}")
    return lines


def reference() -> str:
    """The settings as a Markdown table: variable, default, what is allowed, what it does."""
    rows = ["| variable | default | allowed | what it does |", "|---|---|---|---|"]
    for field in fields(Settings):
        setting = declared()[field.name]
        default = field.default
        shown = ",".join(default) if isinstance(default, tuple) else str(default).strip("'")
        if isinstance(default, bool):
            shown = shown.lower()
        cell = f"`{shown}`" if shown else ""
        rows.append(f"| `{variable_of(field.name)}` | {cell} | {setting.allowed} | {setting.doc} |")
    return "\n".join(rows) + "\n"
