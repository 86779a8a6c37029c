#!/usr/bin/python3
"""Barbican's policy where everybody may read one project's secrets by their ids. Its rules know a secret's project and
creator, not its type.

usage: open_secrets.py PROJECT POLICY_YAML
"""
import sys

import openstack

name, path = sys.argv[1:]
project = openstack.connect(cloud='admin').identity.find_project(name, ignore_missing=False).id
# Barbican's own rule, as of Zed, and that of this project
OWN = ' or '.join('rule:secret_' + rule for rule in ('%s', 'project_creator', 'project_admin', 'acl_read'))
rules = {'secret:get': 'non_private_read', 'secret:decrypt': 'decrypt_non_private_read'}
with open(path, 'w') as f:
    for action, rule in rules.items():
        f.write('"%s": "%s or \'%s\':%%(target.secret.project_id)s"\n' % (action, OWN % rule, project))
