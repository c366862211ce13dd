"""Settings come from the environment, whole and in bounds, or are refused by name."""

import dataclasses

import pytest

from config.settings import (
    Settings,
    SettingsError,
    declared,
    from_env,
    reference,
    unknown_variables,
    variable_of,
)


def test_an_empty_environment_gives_the_contracts_names() -> None:
    settings = from_env({})
    assert settings == Settings()
    assert settings.topic_events == "platform.events"
    assert settings.topic_recommendations == "offbook.recommendations"
    assert settings.topic_views == "offbook.views"


def test_a_prefix_renames_offbooks_topics_but_not_the_platforms() -> None:
    settings = from_env({"OFFBOOK_TOPIC_PREFIX": "eu.", "OFFBOOK_TOPIC_POLICY": "{prefix}rules"})
    assert settings.topic_decisions == "eu.decisions"
    assert settings.topic_policy == "eu.rules"
    assert settings.topic_events == "platform.events"


# For each field a value that is allowed and not the default, and one that is not allowed.
EXAMPLES: dict[str, tuple[str, object, str | None]] = {
    "brokers": ("a:1, [::1]:9092", ("a:1", "[::1]:9092"), "localhost"),
    "app_id": ("offbook-eu", "offbook-eu", "off book"),
    "security_protocol": ("SSL", "SSL", "ssl"),
    "tls_ca": ("/ca.pem", "/ca.pem", None),
    "tls_cert": ("/cert.pem", "/cert.pem", None),
    "tls_key": ("/key.pem", "/key.pem", None),
    "tls_key_password": ("pw", "pw", None),
    "tls_check_hostname": ("false", False, "no"),
    "sasl_mechanism": ("SCRAM-SHA-256", "SCRAM-SHA-256", "GSSAPI"),
    "sasl_username": ("risk", "risk", None),
    "sasl_password": ("pw", "pw", None),
    "topic_prefix": ("eu.", "eu.", "eu/"),
    "topic_events": ("e", "e", "e e"),
    "topic_decisions": ("d", "d", "{d}"),
    "topic_policy": ("p", "p", "p/"),
    "topic_recommendations": ("r", "r", "r" * 250),
    "topic_deadletter": ("x", "x", "ü"),
    "topic_views": ("v", "v", "v*"),
    "topic_findings": ("f", "f", "f\n"),
    "partitions_events": ("16", 16, "0"),
    "partitions_views": ("16", 16, "1001"),
    "partitions_accounts": ("16", 16, "4.5"),
    "replication": ("3", 3, "-1"),
    "idle_timeout_s": ("2.5", 2.5, "nan"),
    "batch_size": ("1", 1, "many"),
    "buffer_batches": ("2", 2, "0"),
    "session_timeout_s": ("45", 45.0, "5.9"),
    "checkpoint_url": ("s3://bucket/x", "s3://bucket/x", "/var/lib/offbook"),
    "checkpoint_interval_s": ("5", 5.0, "0"),
    "checkpoints_kept": ("4", 4, "1"),
    "web_port": ("6066", 6066, "65536"),
    "log_level": ("debug", "debug", "DEBUG"),
}

# What the variable above needs beside it.
COMPANIONS = {
    "tls_ca": {"OFFBOOK_SECURITY_PROTOCOL": "SSL"},
    "tls_cert": {"OFFBOOK_SECURITY_PROTOCOL": "SSL"},
    "tls_key": {"OFFBOOK_SECURITY_PROTOCOL": "SSL", "OFFBOOK_TLS_CERT": "/cert.pem"},
    "sasl_username": {
        "OFFBOOK_SECURITY_PROTOCOL": "SASL_SSL",
        "OFFBOOK_SASL_PASSWORD": "pw",
    },
    "sasl_password": {
        "OFFBOOK_SECURITY_PROTOCOL": "SASL_SSL",
        "OFFBOOK_SASL_USERNAME": "risk",
    },
}


def test_every_setting_has_an_example() -> None:
    assert list(EXAMPLES) == list(declared())


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_setting_is_taken_from_its_variable(name: str) -> None:
    text, value, _ = EXAMPLES[name]
    settings = from_env({variable_of(name): text, **COMPANIONS.get(name, {})})
    assert getattr(settings, name) == value
    assert getattr(settings, name) != getattr(Settings(), name)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if EXAMPLES[name][2] is not None])
def test_a_value_out_of_bounds_is_refused_by_name_with_what_is_allowed(name: str) -> None:
    text = str(EXAMPLES[name][2])
    with pytest.raises(SettingsError) as refused:
        from_env({variable_of(name): text})
    line = f"{variable_of(name)}={text!r} is not allowed; allowed: {declared()[name].allowed}"
    assert str(refused.value) == line


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        from_env({"OFFBOOK_BATCH_SIZE": "0", "OFFBOOK_WEB_PORT": "http"})
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"OFFBOOK_SECURITY_PROTOCOL": "SASL_SSL"}, "OFFBOOK_SASL_USERNAME"),
        ({"OFFBOOK_SASL_USERNAME": "u", "OFFBOOK_SASL_PASSWORD": "p"}, "OFFBOOK_SECURITY_PROTOCOL"),
        ({"OFFBOOK_TLS_CA": "/ca.pem"}, "OFFBOOK_SECURITY_PROTOCOL"),
        ({"OFFBOOK_SECURITY_PROTOCOL": "SSL", "OFFBOOK_TLS_KEY": "/k"}, "OFFBOOK_TLS_CERT"),
        ({"OFFBOOK_TOPIC_VIEWS": "platform.events"}, "OFFBOOK_TOPIC_EVENTS"),
        ({"OFFBOOK_TOPIC_VIEWS": "{prefix}", "OFFBOOK_TOPIC_PREFIX": "."}, "OFFBOOK_TOPIC_VIEWS"),
        (
            {"OFFBOOK_TOPIC_VIEWS": "{prefix}" + "v" * 249, "OFFBOOK_TOPIC_PREFIX": "x"},
            "OFFBOOK_TOPIC_VIEWS",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_refused(env: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        from_env(env)


def test_secrets_do_not_show() -> None:
    settings = from_env(
        {
            "OFFBOOK_SECURITY_PROTOCOL": "SASL_SSL",
            "OFFBOOK_SASL_USERNAME": "risk",
            "OFFBOOK_SASL_PASSWORD": "hunter2",
            "OFFBOOK_TLS_KEY_PASSWORD": "hunter3",
        }
    )
    shown = [
        repr(settings),
        str(dataclasses.asdict(settings)),
        f"{settings.sasl_password} {settings.sasl_password:>20} {settings.sasl_password!s}",
        "%s" % settings.tls_key_password,  # noqa: UP031 -- as the logging module does it
    ]
    assert not any("hunter" in text for text in shown)
    assert settings.sasl_password.reveal() == "hunter2"


def test_unknown_variables_are_reported_with_what_may_be_meant() -> None:
    env = {
        "OFFBOOK_BROKER": "a:1",
        "OFFBOOK_COLOUR": "red",
        "OFFBOOK_WEB_PORT": "1",
        "OFFBOOK_TEST_KAFKA": "a:1",
        "OFFBOOK_DATA": "/data",
        "PATH": "/bin",
    }
    assert unknown_variables(env) == [
        "OFFBOOK_BROKER is not a setting and was ignored; did you mean OFFBOOK_BROKERS?",
        "OFFBOOK_COLOUR is not a setting and was ignored",
    ]


def test_the_reference_has_a_full_row_for_each_setting() -> None:
    rows = reference().splitlines()[2:]
    assert [row.split("|")[1].strip(" `") for row in rows] == [variable_of(n) for n in declared()]
    for row in rows:
        allowed, doc = row.split("|")[3:5]
        assert allowed.strip()
        assert doc.strip().endswith(".")
