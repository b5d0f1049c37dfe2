#!/bin/busybox sh
# shellcheck shell=dash
# Loads the drivers, mounts the two disks by their serial numbers, and goes on as pid 1 with guest.sh.
set -e
trap 'echo "initramfs: failed"; /bin/busybox reboot -f' EXIT

/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for driver in /drivers/*; do insmod "$driver"; done

disk() {
  for device in /sys/block/vd*; do
    [ "$(cat "$device/serial")" != "$1" ] || echo "/dev/${device##*/}"
  done
}

mount -t ext4 -o noatime "$(disk root)" /root
mount -t ext4 -o noatime "$(disk project)" /root/hotcell
ip link set lo up
umount /proc /sys
mount --move /dev /root/dev
trap - EXIT
exec switch_root /root /bin/bash /hotcell/scripts/vm/guest.sh
