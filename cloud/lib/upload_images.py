#!/usr/bin/python3
"""Puts the guest images of the cache into Glance, public, and replaces those that were made anew. Idempotent.

usage: upload_images.py CACHE STAMP      STAMP remembers what was uploaded
"""
import json
import os
import sys

cache, stamp = sys.argv[1:]
TINY = {'tiny-kernel': ('vmlinuz', 'aki', 'aki'), 'tiny-initrd': ('initrd.gz', 'ari', 'ari'),
        'tiny': ('disk.raw', 'raw', 'bare')}
# image: properties; hypervisor_type keeps each out of the other's zone
REGION_ONE = {
    'factory-host': dict(min_disk=4, min_ram=128, os_distro='debian', os_version='12', hypervisor_type='lxc'),
    'guest-base': dict(min_disk=3, min_ram=512, os_distro='debian', os_version='12', hypervisor_type='qemu',
                       hw_rng_model='virtio'),
}


def key(image):
    with open(os.path.join(cache, image, 'key')) as f:
        return f.read().strip()


def upload(c, name, file, disk, container, **properties):
    for old in list(c.image.images(name=name, owner=c.current_project_id)):
        c.image.delete_image(old)
    print('uploading %s to %s' % (name, c.config.region_name), flush=True)
    return c.image.create_image(name, filename=file, disk_format=disk, container_format=container,
                                visibility='public', wait=True, **properties).id


def upload_tiny(c):
    def put(name, **properties):
        file, disk, container = TINY[name]
        return upload(c, name, os.path.join(cache, 'tiny', file), disk, container, **properties)
    kernel, initrd = put('tiny-kernel'), put('tiny-initrd')
    put('tiny', kernel_id=kernel, ramdisk_id=initrd, os_distro='tiny', hw_rng_model='virtio',
        os_command_line='root=/dev/vda console=ttyS0 quiet mitigations=off')


def upload_host(c, name):
    upload(c, name, os.path.join(cache, name, name + '.qcow2'), 'qcow2', 'bare', **REGION_ONE[name])


try:
    with open(stamp) as f:
        have = json.load(f)
except OSError:
    have = {}
want = {'admin tiny': key('tiny'), 'admin-r2 tiny': key('tiny'), **{'admin ' + n: key(n) for n in REGION_ONE}}
clouds = {}
for what, made_from in want.items():
    if have.get(what) == made_from:
        continue
    import openstack    # most of this program's time
    cloud, name = what.split()
    c = clouds.get(cloud) or clouds.setdefault(cloud, openstack.connect(cloud=cloud))
    upload_tiny(c) if name == 'tiny' else upload_host(c, name)
    have[what] = made_from
    with open(stamp + '.new', 'w') as f:
        json.dump(have, f)
    os.rename(stamp + '.new', stamp)
