#!/usr/bin/python3
"""Renders the templates of config/ to the services' configuration, and clouds.yaml.

usage: render.py TEMPLATES ETC SECRETS CLOUDS_YAML KEY=VALUE...     (idempotent; files are 0600)
"""
import json
import os
import pathlib
import re
import sys

# template directory -> [(directory under ETC, its own values)]
TWICE = {'glance': [
    ('glance', {'GLANCE': 'glance', 'GLANCE_PORT': '9292', 'GLANCE_REGION': 'RegionOne'}),
    ('glance2', {'GLANCE': 'glance2', 'GLANCE_PORT': '9293', 'GLANCE_REGION': 'RegionTwo'})]}


def pairs(lines):
    return dict(line.rstrip('\n').split('=', 1) for line in lines if '=' in line)


def shared(v):
    """The values made of several lines or other values."""
    return {
        'DATABASE': 'postgresql+psycopg2://cloud@127.0.0.1:%s' % v['PG_PORT'],
        'QUEUE': 'rabbit://guest:guest@127.0.0.1:%s/' % v['MQ_PORT'],
        'MEMCACHED': '127.0.0.1:%s' % v['MC_PORT'],
        'POOL': 'max_pool_size = 10\nmax_overflow = 50',
        'AUTH': '\n'.join((
            'auth_type = password', 'auth_url = http://%s:5000' % v['IP'],
            'www_authenticate_uri = http://%s:5000' % v['IP'], 'password = %s' % v['SERVICE_PASSWORD'],
            'project_name = service', 'user_domain_id = default', 'project_domain_id = default')),
        'TOKENS': '\n'.join((
            'memcached_servers = 127.0.0.1:%s' % v['MC_PORT'],
            'service_token_roles = service', 'service_token_roles_required = true')),
    }


def render(text, values, where):
    def value(match):
        if match[1] not in values:
            sys.exit('%s: @%s@ has no value' % (where, match[1]))
        return values[match[1]]
    return re.sub('@([A-Z][A-Z0-9_]*)@', value, text)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as f:
        f.write(text)


def clouds(v):
    """An entry per project and region, for the SDK, Terraform and the command line. `regions` beside `region_name`, or
    the SDK refuses every other region. JSON is YAML."""
    entries = {}
    for project in ['admin'] + v['PROJECTS'].split():
        for suffix, regions in (('', ['RegionOne', 'RegionTwo']), ('-r2', ['RegionTwo', 'RegionOne'])):
            entries[project + suffix] = {
                'auth': {
                    'auth_url': 'http://%s:5000/v3' % v['IP'], 'username': project,
                    'password': v['PASSWORD_' + project], 'project_name': project,
                    'user_domain_name': 'Default', 'project_domain_name': 'Default'},
                'region_name': regions[0], 'regions': regions, 'identity_api_version': 3}
    lines = ['  %s: %s' % (json.dumps(name), json.dumps(entry)) for name, entry in entries.items()]
    return 'clouds:\n' + '\n'.join(lines) + '\n'


def main(templates, etc, secrets, clouds_yaml, *given):
    with open(secrets) as f:
        values = {**pairs(f), **pairs(given)}
    values.update(shared(values))
    templates, etc = pathlib.Path(templates), pathlib.Path(etc)
    for path in sorted(p for p in templates.glob('*/*') if p.is_file()):
        service = path.parent.name
        for target, own in TWICE.get(service, [(service, {})]):
            write(etc / target / path.name, render(path.read_text(), {**values, **own}, path))
    write(pathlib.Path(clouds_yaml), clouds(values))


main(*sys.argv[1:])
