#!/bin/bash
# Pid 1 of the virtual machine: makes one of the host kinds of lanes.ts, runs its tests there, hands over vitest's report and the
# exit code, and ends the machine. Whatever goes wrong before that leaves no exit code, which the other side takes for a failure.
set -u

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
readonly user=tester report=/run/report/report.json

word() { sed -n "s/.*\bhotcell\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }

mount_all() {
  mount -t proc proc /proc
  mount -t sysfs sysfs /sys
  mkdir -p /dev/pts /dev/shm
  mount -t devpts -o ptmxmode=0666 devpts /dev/pts
  mount -t tmpfs -o mode=1777 tmpfs /dev/shm
  mount -t tmpfs -o mode=0755 tmpfs /run
  chmod 1777 /tmp # on the disk: the tmpfs of this kernel cannot map owners, nor be the lower layer of an overlay with user attributes
  ln -sf /proc/self/fd /dev/fd
  hostname hotcell-vm
}

# A program of a session is in a leaf, never in the root of the hierarchy; so are we.
cgroup2() {
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  mkdir /sys/fs/cgroup/session
  echo $$ >/sys/fs/cgroup/session/cgroup.procs
}

# As "Delegate=yes" of systemd does it: cgroups(7), "Delegation".
delegate() {
  local path=/sys/fs/cgroup/delegated
  echo '+cpu +cpuset +io +memory +pids' >/sys/fs/cgroup/cgroup.subtree_control
  mkdir -p "$path/session"
  chown "$user:" "$path" "$path"/cgroup.{procs,subtree_control,threads} "$path/session" "$path"/session/cgroup.*
  echo $$ >"$path/session/cgroup.procs"
}

cgroup1() {
  local controller
  mount -t tmpfs -o mode=0755 tmpfs /sys/fs/cgroup
  for controller in memory cpu,cpuacct cpuset pids blkio; do
    mkdir "/sys/fs/cgroup/$controller"
    mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller"
  done
}

make_host() {
  case "$1" in
    *-v2) cgroup2 ;;
    *-v1) cgroup1 ;;
  esac
  if [[ $1 == user-* ]]; then
    delegate
    chown -R "$user:" /hotcell
  fi
}

# as_wanted LANE COMMAND…
as_wanted() {
  local lane=$1
  shift
  if [[ $lane == user-* ]]; then
    HOME=/home/$user setpriv --reuid="$user" --regid="$user" --init-groups --inh-caps=-all "$@"
  else
    HOME=/root "$@"
  fi
}

run_tests() {
  export CI=true NO_COLOR=1 HOTCELL_MUST_WORK=1 HOTCELL_VM_LANE=$1
  HOTCELL_TIME_SCALE=$(word scale)
  export HOTCELL_TIME_SCALE
  mkdir -m 1777 /run/report
  ulimit -Hn 1048576
  cd /hotcell || return
  as_wanted "$1" node dist/cli/main.js doctor
  # shellcheck disable=SC2046 # words of a file name each
  as_wanted "$1" node node_modules/vitest/vitest.mjs run --config scripts/vm/vitest.config.js $(word only | tr , ' ') \
    --reporter=verbose --reporter=json --outputFile.json="$report"
}

hand_over() {
  local port
  for port in /sys/class/virtio-ports/*; do
    [ "$(cat "$port/name")" != "$1" ] || cat >"/dev/${port##*/}"
  done
}

mount_all
lane=$(word lane)
make_host "$lane"
run_tests "$lane"
code=$?
hand_over report <"$report"
echo "ended $code" | hand_over end
sync
reboot -f 2>/dev/null || echo b >/proc/sysrq-trigger
