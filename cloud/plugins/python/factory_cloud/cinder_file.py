"""Cinder volume driver: sparse files in a local directory.

The kernel has no device mapper (LVM), no iSCSI target, no NFS and no NBD, so
the stock drivers cannot work. Nova's libvirt driver opens the file itself: the
'gpfs' connection type means just <source file=DEVICE_PATH>.
"""
import os

from oslo_concurrency import processutils
from oslo_config import cfg
from oslo_utils import units

from cinder.image import image_utils
from cinder import interface
from cinder.volume import configuration
from cinder.volume import driver

OPTS = [cfg.StrOpt('factory_volume_dir', help='Where the volume files live')]
cfg.CONF.register_opts(OPTS, group=configuration.SHARED_CONF_GROUP)


@interface.volumedriver
class LocalFileDriver(driver.VolumeDriver):
    VERSION = '1.0'
    CI_WIKI_NAME = 'none'

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.configuration.append_config_values(OPTS)
        self.dir = self.configuration.factory_volume_dir

    # paths
    def local_path(self, volume):
        return os.path.join(self.dir, 'volume-%s' % volume['id'])

    def _snap_path(self, snapshot):
        return os.path.join(self.dir, 'snapshot-%s' % snapshot['id'])

    def _copy(self, src, dst):
        processutils.execute('cp', '--reflink=auto', '--sparse=always', src, dst)

    def _resize(self, path, gb):
        with open(path, 'ab') as f:
            f.truncate(gb * units.Gi)

    def _unlink(self, path):
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass

    # start-up and stats
    def do_setup(self, context):
        os.makedirs(self.dir, exist_ok=True)

    def check_for_setup_error(self):
        pass

    def _update_volume_stats(self):
        self._stats = {
            'volume_backend_name':
                self.configuration.safe_get('volume_backend_name') or 'file',
            'vendor_name': 'factory-cloud', 'driver_version': self.VERSION,
            'storage_protocol': 'file', 'total_capacity_gb': 'infinite',
            'free_capacity_gb': 'infinite', 'reserved_percentage': 0,
            'multiattach': True, 'QoS_support': False}

    def get_volume_stats(self, refresh=False):
        if refresh or not getattr(self, '_stats', None):
            self._update_volume_stats()
        return self._stats

    # volumes and snapshots
    def create_volume(self, volume):
        self._resize(self.local_path(volume), volume['size'])

    def delete_volume(self, volume):
        self._unlink(self.local_path(volume))

    def extend_volume(self, volume, new_size):
        self._resize(self.local_path(volume), new_size)

    def create_snapshot(self, snapshot):
        self._copy(self.local_path(snapshot.volume), self._snap_path(snapshot))

    def delete_snapshot(self, snapshot):
        self._unlink(self._snap_path(snapshot))

    def create_volume_from_snapshot(self, volume, snapshot):
        self._copy(self._snap_path(snapshot), self.local_path(volume))
        self._resize(self.local_path(volume), volume['size'])

    def create_cloned_volume(self, volume, src_vref):
        self._copy(self.local_path(src_vref), self.local_path(volume))
        self._resize(self.local_path(volume), volume['size'])

    # images
    def clone_image(self, context, volume, image_location, image_meta,
                    image_service):
        return None, False

    def copy_image_to_volume(self, context, volume, image_service, image_id,
                             disable_sparse=False):
        image_utils.fetch_to_raw(context, image_service, image_id,
                                 self.local_path(volume), '1M',
                                 size=volume['size'], run_as_root=False)
        self._resize(self.local_path(volume), volume['size'])

    def copy_volume_to_image(self, context, volume, image_service, image_meta):
        from cinder.volume import volume_utils
        volume_utils.upload_volume(context, image_service, image_meta,
                                   self.local_path(volume), volume,
                                   run_as_root=False)

    # attach
    def ensure_export(self, context, volume):
        pass

    def create_export(self, context, volume, connector):
        pass

    def remove_export(self, context, volume):
        pass

    def initialize_connection(self, volume, connector):
        return {'driver_volume_type': 'gpfs',
                'data': {'name': 'volume-%s' % volume['id'],
                         'device_path': self.local_path(volume)}}

    def terminate_connection(self, volume, connector, **kwargs):
        pass
