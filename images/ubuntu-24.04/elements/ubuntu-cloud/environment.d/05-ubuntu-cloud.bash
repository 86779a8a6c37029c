export DIB_CLOUD_INIT_DATASOURCES=${DIB_CLOUD_INIT_DATASOURCES:-"ConfigDrive, OpenStack, NoCloud"}
export DIB_UBUNTU_KERNEL=${DIB_UBUNTU_KERNEL:-linux-image-virtual}
export DIB_UBUNTU_MIRROR_DISTS=${DIB_UBUNTU_MIRROR_DISTS:-"updates,security"}
# cloud-init names interfaces after what the metadata says of them: one scheme for all machine types.
export DIB_BOOTLOADER_DEFAULT_CMDLINE=${DIB_BOOTLOADER_DEFAULT_CMDLINE:-"net.ifnames=0"}
export DIB_GRUB_TIMEOUT=${DIB_GRUB_TIMEOUT:-0}
# debootstrap of Debian 12 does not know the release by name; all of Ubuntu's since gutsy are made alike.
export DIB_DEBIAN_DEBOOTSTRAP_SCRIPT=${DIB_DEBIAN_DEBOOTSTRAP_SCRIPT:-/usr/share/debootstrap/scripts/gutsy}
export UBUNTU_KEYRING=$TMP_DIR/ubuntu-keyring
export DIB_DEBOOTSTRAP_EXTRA_ARGS="${DIB_DEBOOTSTRAP_EXTRA_ARGS:-} --keyring=$UBUNTU_KEYRING/usr/share/keyrings/ubuntu-archive-keyring.gpg"
