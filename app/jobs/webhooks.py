"""The end of a job, told to a URL: signed as Standard Webhooks are, tried three times."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

import msgspec
import structlog

from app.errors import WebhookNotAllowed
from app.jobs.records import Job
from app.services.job_view import view

if TYPE_CHECKING:
    from app.settings import Settings

CONNECT_TIMEOUT_S = 5.0
TIMEOUT_S = 10.0  # of one attempt, from its beginning to its end
PAUSES_S = (1.0, 5.0)  # between attempts

_SECRET_PREFIX = "whsec_"
_DEFAULT_PORTS = {"http": 80, "https": 443}

_log = structlog.get_logger("webhooks")


def check_webhook(url: str, settings: Settings) -> None:
    """Raises `WebhookNotAllowed`: a URL is called from inside of our network."""
    parts = _parsed(url)
    if parts is None or parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise WebhookNotAllowed(url=_shown(url), reason="write http(s)://HOST/PATH")
    if parts.username is not None or parts.password is not None:
        raise WebhookNotAllowed(url=_shown(url), reason="it must not hold a user or a password")
    if settings.webhook_secret is None:
        reason = "webhooks are signed; set CATALOGRAPH_WEBHOOK_SECRET on the server"
        raise WebhookNotAllowed(url=_shown(url), reason=reason)
    if not _names_of(parts) & set(settings.webhook_hosts):
        reason = f"CATALOGRAPH_WEBHOOK_HOSTS does not name {parts.hostname!r}"
        raise WebhookNotAllowed(url=_shown(url), reason=reason)


class WebhookSender:
    """Tells of one job after another; safe to use from many threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime],
        pause: Callable[[float], object],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._pause = pause

    def tell(self, job: Job) -> bool:
        """Whether somebody has taken it; nothing of it changes the job."""
        if job.webhook is None:
            return False
        try:
            # Again: the setting may have changed since the job was made.
            check_webhook(job.webhook, self._settings)
        except WebhookNotAllowed as error:
            _log.warning("webhook not sent", job=job.id, reason=error.reason)
            return False
        body = body_of(job, self._clock())
        for pause_s in (*PAUSES_S, None):
            failure = self._send(job.webhook, job.id, body)
            if failure is None:
                _log.info("webhook sent", job=job.id)
                return True
            _log.warning("webhook failed", job=job.id, reason=failure, again_in_s=pause_s)
            if pause_s is not None:
                self._pause(pause_s)
        return False

    def _send(self, url: str, id: str, body: bytes) -> str | None:
        """What went wrong."""
        assert self._settings.webhook_secret is not None
        secret = self._settings.webhook_secret.get_secret_value()
        headers = sign(body, id=id, at=self._clock(), secret=secret)
        return asyncio.run(_answered(url, headers, body))


def body_of(job: Job, now: datetime) -> bytes:
    told: dict[str, Any] = {"type": f"job.{job.state}", "job": view(job, now)}
    return msgspec.json.encode(told)


def sign(body: bytes, *, id: str, at: datetime, secret: str) -> dict[str, str]:
    """The headers of https://www.standardwebhooks.com; one id for all attempts of one event."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join((id.encode(), timestamp.encode(), body))
    signature = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "user-agent": "catalograph-webhook",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


async def _answered(url: str, headers: dict[str, str], body: bytes) -> str | None:
    """What went wrong. Asynchronous, because only so an attempt has an end as a whole.

    The timeouts of a synchronous client begin anew with every byte.
    """
    import httpx

    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            # No redirects and no proxy of the environment: both lead where the setting does not.
            httpx.AsyncClient(
                timeout=httpx.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
                follow_redirects=False,
                trust_env=False,
            ) as client,
            # The answer's head is enough; what stands in its body may have no end.
            client.stream("POST", url, headers=headers, content=body) as answer,
        ):
            return None if answer.is_success else f"it answered with status {answer.status_code}"
    except TimeoutError:
        return f"no answer within {TIMEOUT_S:g} s"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{type(error).__name__}: {error}".rstrip(": ")


def _key(secret: str) -> bytes:
    if secret.startswith(_SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def _parsed(url: str) -> SplitResult | None:
    if any(sign <= " " or sign in "\\\x7f" for sign in url):
        return None  # what another parser would read in another way
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _names_of(parts: SplitResult) -> set[str]:
    host = str(parts.hostname)
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    shown = f"[{host}]" if ":" in host else host
    return {host, shown, f"{shown}:{port}"}


def _shown(url: str) -> str:
    """Without what may be a password."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
