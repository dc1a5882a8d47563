"""A mail server that others wrote (aiosmtpd), with STARTTLS and a login, which keeps what it is sent."""

import email
import email.policy
import logging
import os
import ssl
import subprocess
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


# What it says about clients that give up, and about logins without TLS, is what the tests are after.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
warnings.simplefilter("ignore", UserWarning)


def certificate(folder, name, host):
    """(certificate, key) as PEM files, self-signed for a host name or address."""
    paths = [os.path.join(folder, f"{name}.{kind}") for kind in ("pem", "key")]
    kind = "IP" if host.replace(".", "").isdigit() else "DNS"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={host}",
         "-addext", f"subjectAltName={kind}:{host}", "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True)
    return paths


class MailServer:
    def __init__(self, port, login=None, tls=None, host="127.0.0.1"):
        self.mails, self.logins = [], []
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
        self.controller = Controller(
            self, hostname=host, port=port, tls_context=context, require_starttls=tls is not None,
            authenticator=lambda server, session, envelope, mechanism, data: self.check(login, data),
            auth_required=login is not None, auth_require_tls=tls is not None)
        self.controller.start()

    def check(self, login, data):
        given = (data.login.decode(), data.password.decode())
        self.logins.append(given)
        return AuthResult(success=given == login, handled=False)

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append({"from": envelope.mail_from, "to": envelope.rcpt_tos, "message": message,
                           "encrypted": session.ssl is not None, "text": message.get_content()})
        return "250 taken"

    def subjects(self):
        return [mail["message"]["Subject"] for mail in self.mails]

    def stop(self):
        self.controller.stop()
