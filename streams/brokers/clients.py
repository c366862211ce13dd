"""How clients reach the brokers: addresses, TLS and SASL, for Faust and for kafka-python."""

import ssl
from typing import Any

import faust

from config.settings import Settings, SettingsError


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context that the settings ask for, or None without TLS.

    Raises SettingsError where a certificate or key cannot be read.
    """
    if not settings.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.tls_ca or None)
    except OSError as error:
        raise SettingsError(f"OFFBOOK_TLS_CA={settings.tls_ca!r}: {error}") from error
    context.check_hostname = settings.tls_check_hostname
    if settings.tls_cert:
        password = settings.tls_key_password.reveal()
        try:
            # An empty password, unlike none, keeps OpenSSL from asking at the terminal.
            context.load_cert_chain(settings.tls_cert, settings.tls_key or None, password)
        except OSError as error:
            raise SettingsError(
                f"OFFBOOK_TLS_CERT={settings.tls_cert!r}, OFFBOOK_TLS_KEY={settings.tls_key!r}: "
                f"{error}"
            ) from error
    return context


def kafka_python_options(settings: Settings) -> dict[str, Any]:
    """Keyword arguments of every kafka-python client. Raises SettingsError (see `tls_context`)."""
    options: dict[str, Any] = {
        "bootstrap_servers": list(settings.brokers),
        "client_id": settings.app_id,
        "security_protocol": settings.security_protocol,
        "ssl_context": tls_context(settings),
    }
    if settings.sasl:
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password.reveal(),
        }
    return options


def faust_options(settings: Settings) -> dict[str, Any]:
    """Keyword arguments of a Faust app. Raises SettingsError (see `tls_context`)."""
    options: dict[str, Any] = {
        "broker": [f"kafka://{address}" for address in settings.brokers],
        "broker_session_timeout": settings.session_timeout_s,
        "broker_heartbeat_interval": settings.session_timeout_s / 3,
    }
    context = tls_context(settings)
    if settings.sasl:
        options["broker_credentials"] = faust.SASLCredentials(
            username=settings.sasl_username,
            password=settings.sasl_password.reveal(),
            mechanism=settings.sasl_mechanism,
            ssl_context=context,
        )
    elif context is not None:
        options["broker_credentials"] = faust.SSLCredentials(context)
    return options
