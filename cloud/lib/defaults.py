#!/usr/bin/python3
"""Flavors and the external network. Idempotent.

usage: defaults.py NET      (three octets: NET.0/24, gateway NET.1, floating addresses NET.20 to NET.250)
"""
import sys

import openstack

net = sys.argv[1]
c = openstack.connect(cloud='admin')
# name, MiB of memory, vCPUs, GiB of disk
FLAVORS = (('m1.nano', 192, 1, 1), ('m1.tiny', 512, 1, 1), ('m1.small', 2048, 1, 20), ('m1.medium', 4096, 2, 40),
           ('m1.large', 8192, 4, 80))

have = {f.name for f in c.compute.flavors(get_extra_specs=False)}
for name, ram, cpus, disk in FLAVORS:
    if name not in have:
        c.compute.create_flavor(name=name, ram=ram, vcpus=cpus, disk=disk)
if not c.network.find_network('public'):
    public = c.network.create_network(
        name='public', is_router_external=True, is_shared=True,
        provider_network_type='flat', provider_physical_network='public')
    c.network.create_subnet(
        name='public-v4', network_id=public.id, ip_version=4, cidr=net + '.0/24', gateway_ip=net + '.1',
        is_dhcp_enabled=False, allocation_pools=[{'start': net + '.20', 'end': net + '.250'}])
