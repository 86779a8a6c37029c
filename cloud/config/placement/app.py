# see keystone/app.py
import oslo_log.log
oslo_log.log._fix_eventlet_logging = lambda: None

from placement.wsgi import init_application  # noqa: E402
application = init_application()
