#!/bin/sh
# Process 1 of a service: lays the image's files out read-only, mounts what may be written, runs the service as its own user and
# passes signals on. It runs in namespaces of its own (unshare --mount --pid), so when it is killed every process and mount in it is
# gone; nothing is ever left to unmount.
#   PEN_PATH=SERVICE_PATH pen.sh ROOTFS MOUNTPOINT UID GID [-v HOST_FOLDER PATH]… [-t PATH]… -- COMMAND [ARG…]
# The environment is the service's; PATH is ours, the service's own comes in PEN_PATH.
set -eu
service_path=$PEN_PATH
unset PEN_PATH
chroot=$(command -v chroot)
files=$1 root=$2 uid=$3 gid=$4
shift 4

mount --bind "$files" "$root"
while [ "$1" != -- ]; do
  case $1 in
    -v) mount --bind "$2" "$root$3"; shift 3 ;;
    -t) scratch="${scratch:-} $2"; shift 2 ;;
    *) echo "pen.sh: unknown argument $1" >&2; exit 2 ;;
  esac
done
shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for path in ${scratch:-}; do mount -t tmpfs -o mode=1777,size=512m tmpfs "$root$path"; done
mount -o remount,bind,ro "$root"

PATH=$service_path "$chroot" --userspec="$uid:$gid" --groups= "$root" "$@" &
child=$!
for signal in TERM INT; do trap "kill -$signal $child" "$signal"; done
code=0
while kill -0 "$child" 2>/dev/null; do
  code=0
  wait "$child" || code=$?
done
exit "$code"
