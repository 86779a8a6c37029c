export DIB_CLOUD_INIT_DATASOURCES=${DIB_CLOUD_INIT_DATASOURCES:-"ConfigDrive, OpenStack, NoCloud"}
# cloud-init names interfaces after what the metadata says of them: one scheme for all machine types.
export DIB_BOOTLOADER_DEFAULT_CMDLINE=${DIB_BOOTLOADER_DEFAULT_CMDLINE:-"net.ifnames=0"}
export DIB_GRUB_TIMEOUT=${DIB_GRUB_TIMEOUT:-0}
# The network is cloud-init's: a fixed eth0 with DHCP beside its own would be asked for twice.
export DIB_APT_MINIMAL_CREATE_INTERFACES=0
