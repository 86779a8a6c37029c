"""An SMTP server for a test: takes one mail, prints the port first and then what came, parsed, as JSON."""
import email
import json
import sys
import threading
from email import policy

from aiosmtpd.controller import Controller

arrived = threading.Event()


class Keep:
    async def handle_DATA(self, server, session, envelope):
        self.envelope = envelope
        arrived.set()
        return '250 kept'


class AnyPort(Controller):
    """The port is the system's choice."""

    def _trigger_server(self):
        # the check of the port that was asked for (0) would find none
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


keep = Keep()
controller = AnyPort(keep, hostname='127.0.0.1', port=0)
controller.start()
print(controller.server.sockets[0].getsockname()[1], flush=True)
if not arrived.wait(240):
    sys.exit('no mail came')
controller.stop()
mail = email.message_from_bytes(keep.envelope.content, policy=policy.default)
parts = [part for part in mail.walk() if not part.is_multipart()]
print(json.dumps({
    'recipients': keep.envelope.rcpt_tos,
    'to': mail['To'], 'cc': mail['Cc'], 'subject': mail['Subject'], 'from': mail['From'],
    'defects': [str(defect) for part in mail.walk() for defect in part.defects],
    'text': [part.get_content() for part in parts if part.get_content_type() == 'text/plain'],
    'html': [part.get_content() for part in parts if part.get_content_type() == 'text/html'],
}))
