# see keystone/app.py
import oslo_log.log
oslo_log.log._fix_eventlet_logging = lambda: None

from paste import deploy  # noqa: E402
application = deploy.loadapp("config:@ETC@/barbican/barbican-api-paste.ini")
