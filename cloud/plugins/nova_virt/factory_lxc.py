"""nova.virt.factory_lxc.LxcDriver: nova's libvirt driver with virt_type=lxc, plus the
few things that system containers need and its domain XML cannot say, and volumes.

nova loads compute drivers from the package nova.virt only; the launcher puts the
directory of this file on nova.virt.__path__ (see bin/service).
"""
import os
import time

from lxml import etree
from oslo_concurrency import processutils
from oslo_config import cfg

from nova import exception
from nova.network import neutron
import nova.privsep.fs
from nova.virt.disk import api as disk_api
from nova.virt.libvirt import blockinfo
from nova.virt.libvirt import config as vconfig
from nova.virt.libvirt import driver
from nova.virt.libvirt import utils as libvirt_utils
from nova.virt.libvirt.volume import volume

CONF = cfg.CONF
CONF.register_opts([
    cfg.StrOpt('neutron_host',
               help='host name of the neutron agent that wires the ports'),
    cfg.ListOpt('capabilities', default=['mknod'],
                help='kept, beyond those that libvirt leaves a container'),
], group='factory_lxc')


_bind = neutron.API._update_port_binding_for_instance


def _bind_to_agent(self, context, instance, host, *args, **kwargs):
    # unshelve and the like
    return _bind(self, context, instance, CONF.factory_lxc.neutron_host or host,
                 *args, **kwargs)


neutron.API._update_port_binding_for_instance = _bind_to_agent
# what volumes get in the domain XML, where libvirt knows no bus "lxc"
blockinfo.SUPPORTED_DEVICE_BUSES['lxc'] = ['lxc', 'virtio']


class Feature(vconfig.LibvirtConfigGuestFeature):
    def __init__(self, name, children=(), **attrs):
        super().__init__(name)
        self.children, self.attrs = children, attrs

    def format_dom(self):
        e = etree.Element(self.root_name, **self.attrs)
        for name in self.children:
            e.append(etree.Element(name, state='on'))
        return e


class LoopVolume(volume.LibvirtBaseVolumeDriver):
    """Cinder's file on a loop device of the host: libvirt gives containers block devices only,
    makes the node in their /dev and lets them open it."""

    def __init__(self, host):
        super().__init__(host, is_block_dev=True)

    @staticmethod
    def _loops(connection_info, dying='0'):
        # detached while a container still had it open, a loop device lives on with autoclear
        out, _ = processutils.execute(
            'losetup', '-nO', 'NAME,AUTOCLEAR', '-j', connection_info['data']['device_path'])
        return [line.split()[0] for line in out.splitlines() if line.split()[1] == dying]

    def connect_volume(self, connection_info, instance):
        for _ in range(20):
            if not self._loops(connection_info, dying='1'):
                break
            time.sleep(0.5)
        else:
            raise exception.InternalError('%s is still mounted somewhere' % connection_info['data']['device_path'])
        if not self._loops(connection_info):
            nova.privsep.fs.loopsetup(connection_info['data']['device_path'])

    def disconnect_volume(self, connection_info, instance, force=False):
        for dev in self._loops(connection_info):
            nova.privsep.fs.loopremove(dev)

    def extend_volume(self, connection_info, instance, requested_size):
        for dev in self._loops(connection_info):
            processutils.execute('losetup', '-c', dev)
        return requested_size

    def get_config(self, connection_info, disk_info):
        conf = super().get_config(connection_info, dict(disk_info, bus='virtio'))
        conf.source_type, conf.driver_cache = 'block', None
        conf.source_path = self._loops(connection_info)[0]
        return conf


class LxcDriver(driver.LibvirtDriver):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # the machine's other libvirt compute is a provider of the machine's name already
        self._host.get_hostname = lambda: CONF.host
        self.volume_drivers['gpfs'] = LoopVolume(self._host)

    def get_device_name_for_instance(self, instance, bdms, bdm):
        used = {b.device_name for b in bdms}
        bdm.disk_bus = 'virtio'
        return next(d for d in map('/dev/vd{}'.format, 'abcdefghijklmnopqrstuvwxyz') if d not in used)

    def network_binding_host_id(self, context, instance):
        # one neutron agent per machine, whatever the number of computes
        return CONF.factory_lxc.neutron_host or super().network_binding_host_id(
            context, instance)

    def manages_network_binding_host_id(self):
        # or a periodic task "repairs" the bindings
        return bool(CONF.factory_lxc.neutron_host)

    def _set_features(self, guest, os_type, image_meta, flavor):
        super()._set_features(guest, os_type, image_meta, flavor)
        # without a port, the container would get the network of the host
        guest.add_feature(Feature('privnet'))
        guest.add_feature(Feature('capabilities', CONF.factory_lxc.capabilities,
                                  policy='default'))

    def _teardown_container(self, instance):
        # after a restart of the machine nova would free whatever has that number now
        inst_path = libvirt_utils.get_instance_path(instance)
        disk_api.teardown_container(os.path.join(inst_path, 'rootfs'))
        dev = instance.system_metadata.get('rootfs_device_name') or ''
        try:
            with open('/sys/block/%s/loop/backing_file' % os.path.basename(dev)) as f:
                ours = f.read().startswith(inst_path)
        except OSError:
            return
        if ours:
            nova.privsep.fs.loopremove(dev)
