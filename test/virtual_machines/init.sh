#!/bin/busybox sh
# First process of a virtual machine: mounts the host's files read-only, runs the script there, reports its exit code and
# powers off. The first serial port is the console. The second one carries only the script's stdout and the exit code.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for module in /lib/*.ko; do
	[ -e "$module" ] && { insmod "$module" || echo "init: cannot load $module"; }
done
stty -F /dev/ttyS1 raw
exec 3>/dev/ttyS1
finish() {
	echo "exit $1" >&3
	sync
	poweroff -f
}
mount -t virtiofs -o ro host /host || finish 200
mount --move /proc /host/proc
mount --move /sys /host/sys
mount --move /dev /host/dev
mkdir -p /host/dev/shm /host/dev/pts
mount -t tmpfs shm /host/dev/shm
mount -t devpts pts /host/dev/pts
for folder in tmp run var/tmp; do
	mount -t tmpfs -o mode=1777 tmpfs "/host/$folder"
done
mount -t bpf bpf /host/sys/fs/bpf
mount -t tracefs tracefs /host/sys/kernel/tracing
mount -t cgroup2 cgroup2 /host/sys/fs/cgroup
ip link set lo up
cp /script /host/run/script
chroot /host /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 \
	/bin/sh /run/script </host/dev/null >&3 3>&-
finish $?
