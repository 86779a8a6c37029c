# oslo.log 5.0.1 puts eventlet locks into logging whenever eventlet is imported; under uwsgi with threads the process
# then hangs at random with "greenlet.error: cannot switch to a different thread".
import oslo_log.log
oslo_log.log._fix_eventlet_logging = lambda: None

from keystone.server.wsgi import initialize_public_application  # noqa: E402
application = initialize_public_application()
