#!/usr/bin/python3
"""Wait until the neutron agents and the compute services are up and placeable, and put each
compute into its availability zone, which any member can ask for.

usage: ready.py AGENTS NODE ZONE...
"""
import sys
import time

import openstack

agents, node, zones = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
HOST = {'fake': 'fake1', 'qemu': node, 'lxc': 'lxc1'}
c = openstack.connect(cloud='admin')
end = time.time() + 180


def placement(path, version='1.14'):
    return c.session.get(path, endpoint_filter={'service_type': 'placement'},
                         headers={'OpenStack-API-Version': 'placement ' + version}).json()


def volumes():
    """Whether the volume scheduler has heard of a back end: until then every volume goes into error."""
    if not c.has_service('block-storage'):
        return True
    return bool(c.session.get('/scheduler-stats/get_pools', endpoint_filter={'service_type': 'block-storage'}).json()['pools'])


def ready():
    """{zone: uuid of its resource provider}, when all is there."""
    up = {x.host for x in c.compute.services() if x.binary == 'nova-compute' and x.state == 'up'}
    alive = [x for x in c.network.agents() if x.is_alive]
    # the provider is what the scheduler needs; its name is the hypervisor's
    # (from 2.88 on, this asks the computes themselves for their uptime: a minute when one is not up yet)
    name = {h['service']['host']: h['hypervisor_hostname'] for h in c.compute.get(
        '/os-hypervisors/detail', microversion='2.53').json()['hypervisors']}
    have = {p['name']: p['uuid'] for p in placement('/resource_providers')['resource_providers']}
    r = {z: have.get(name.get(HOST[z])) for z in zones if HOST[z] in up}
    r = {z: u for z, u in r.items() if u and placement('/resource_providers/%s/inventories' % u)['inventories']}
    text = 'agents %d/%d, zones ready: %s, volumes: %s' % (
        len(alive), agents, ' '.join(r) or 'none', 'ready' if volumes() else 'not yet')
    if text != ready.said:
        print(text, flush=True)
        ready.said = text
    return r if len(alive) >= agents and set(r) == set(zones) and volumes() else None


ready.said = ''
while not (providers := ready()):
    if time.time() > end:
        sys.exit('not ready')
    time.sleep(1)
have = {a.name: a for a in c.compute.aggregates()}
for z in zones:
    a = have.get(z) or c.compute.create_aggregate(name=z, availability_zone=z)
    uuid = a.uuid or next(x.uuid for x in c.compute.aggregates() if x.name == z)
    for attempt in range(10):
        # nova's database may have the host and placement not (added before the provider
        # was there: answers 404 and keeps it): "No valid host" for ever, so look in both
        if HOST[z] in (a.hosts or []) and uuid in placement(
                '/resource_providers/%s/aggregates' % providers[z], '1.19')['aggregates']:
            break
        try:
            if HOST[z] in (a.hosts or []):
                c.compute.remove_host_from_aggregate(a.id, HOST[z])
            c.compute.add_host_to_aggregate(a.id, HOST[z])
        except openstack.exceptions.HttpException as e:
            print('zone %s: %s' % (z, e), flush=True)
            time.sleep(2)
        a = c.compute.get_aggregate(a.id)
    else:
        sys.exit('zone %s: host %s did not get in' % (z, HOST[z]))
