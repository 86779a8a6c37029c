#!/usr/bin/python3
"""Fills Keystone: roles, service users, services, endpoints in two regions, the projects with their members.

usage: catalogue.py IP SECRETS "PROJECT..."      (idempotent)
"""
import sys

from keystoneauth1 import session
from keystoneauth1.identity import v3

IP, PROJECTS = sys.argv[1], sys.argv[3].split()
with open(sys.argv[2]) as f:
    SECRETS = dict(line.rstrip('\n').split('=', 1) for line in f)
AUTH = 'http://%s:5000/v3' % IP
S = session.Session(auth=v3.Password(
    AUTH, username='admin', password=SECRETS['PASSWORD_admin'], project_name='admin',
    user_domain_id='default', project_domain_id='default'))


def ensure(coll, key, match, **body):
    """The id of the object that has MATCH's fields, created when missing."""
    for o in S.get('%s/%s' % (AUTH, coll)).json()[coll]:
        if all(o.get(k) == v for k, v in match.items()):
            return o['id']
    return S.post('%s/%s' % (AUTH, coll),
                  json={key: {**match, **body}}).json()[key]['id']


def grant(project, user, role):
    S.put('%s/projects/%s/users/%s/roles/%s' % (AUTH, project, user, role))


# (service name, type, [(region, url)])
h = 'http://%s:' % IP
CATALOG = [
    ('glance', 'image', [('RegionOne', h + '9292'), ('RegionTwo', h + '9293')]),
    ('placement', 'placement', [('RegionOne', h + '8778')]),
    ('nova', 'compute', [('RegionOne', h + '8774/v2.1')]),
    ('neutron', 'network', [('RegionOne', h + '9696')]),
    ('cinder', 'volumev3', [('RegionOne', h + '8776/v3/$(project_id)s')]),
    ('cinder', 'block-storage', [('RegionOne', h + '8776/v3/$(project_id)s')]),
    ('swift', 'object-store', [('RegionOne', h + '8080/v1/AUTH_$(project_id)s')]),
    ('barbican', 'key-manager', [('RegionOne', h + '9311')]),
]

ensure('regions', 'region', {'id': 'RegionTwo'})
roles = {n: ensure('roles', 'role', {'name': n}) for n in
         ('admin', 'member', 'reader', 'service', 'swiftoperator',
          'ResellerAdmin', 'creator')}
service = ensure('projects', 'project', {'name': 'service', 'domain_id': 'default'})
for name, kind, endpoints in CATALOG:
    user = ensure('users', 'user', {'name': name, 'domain_id': 'default'},
                  password=SECRETS['SERVICE_PASSWORD'])
    grant(service, user, roles['admin'])
    grant(service, user, roles['service'])
    sid = ensure('services', 'service', {'name': name, 'type': kind})
    for region, url in endpoints:
        for iface in ('public', 'internal', 'admin'):
            ensure('endpoints', 'endpoint',
                   {'service_id': sid, 'region_id': region, 'interface': iface},
                   url=url)
# identity in RegionTwo (RegionOne's is keystone-manage bootstrap's)
sid = ensure('services', 'service', {'type': 'identity'})
for iface in ('public', 'internal', 'admin'):
    ensure('endpoints', 'endpoint',
           {'service_id': sid, 'region_id': 'RegionTwo', 'interface': iface},
           url=h + '5000/v3')
# the projects, each with an ordinary member of the same name, who has no role elsewhere
for name in PROJECTS:
    project = ensure('projects', 'project', {'name': name, 'domain_id': 'default'})
    user = ensure('users', 'user', {'name': name, 'domain_id': 'default'},
                  password=SECRETS['PASSWORD_' + name])
    for r in ('member', 'creator'):
        grant(project, user, roles[r])
