#!/bin/busybox sh
# First process of a virtual machine: mounts the host's files read-only, runs the script there, reports its exit code and
# powers off. The first serial port is the console. The second one carries only the script's stdout and the exit code.
# With the kernel arguments EXPORTER_TREE and SYSTEMD_TREE, systemd becomes the first process and runs the script as a service.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
# clang writes its output to /dev/fd/N, and bpftrace has clang read its headers.
ln -s /proc/self/fd /dev/fd
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

# Moves the kernel's file systems to the root $1, and gives it folders of its own for what is written.
furnish() {
	mount --move /proc "$1/proc"
	mount --move /sys "$1/sys"
	mount --move /dev "$1/dev"
	mkdir -p "$1/dev/shm" "$1/dev/pts"
	mount -t tmpfs shm "$1/dev/shm"
	mount -t devpts pts "$1/dev/pts"
	for folder in tmp run var/tmp; do
		mount -t tmpfs -o mode=1777 tmpfs "$1/$folder"
	done
}

# A root in memory over the host's files, with the exporter as deployments/systemd/install.sh installed it into EXPORTER_TREE, and with what
# the host lacks of systemd, SYSTEMD_TREE. Only units of packages, the exporter's and vm.service can start.
start_systemd() {
	mkdir -p /memory /root
	mount -t tmpfs -o size=1g memory /memory
	mkdir /memory/upper /memory/work
	mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work overlay /root || finish 201
	units=/root/etc/systemd/system
	rm -rf "$units"
	mkdir -p "$units/multi-user.target.wants" /root/opt/santabpf
	: >/root/etc/fstab
	# systemd takes it for a sign that it runs in a container.
	rm -f /root/.dockerenv
	cp -af "/host$SYSTEMD_TREE/." "/host$EXPORTER_TREE/etc" "/host$EXPORTER_TREE/usr" /root/ || finish 202
	mount -o bind "/host$EXPORTER_TREE/opt/santabpf" /root/opt/santabpf || finish 203
	furnish /root
	cp /script /root/run/script
	cat >"$units/vm.service" <<-UNIT
		[Unit]
		After=dbus.service systemd-logind.service
		[Service]
		ExecStart=/bin/sh -c '/bin/sh /run/script; echo "exit \$\$?"; systemctl poweroff --force --force'
		StandardOutput=file:/dev/ttyS1
		StandardError=file:/dev/ttyS0
		Environment=HOME=/tmp LANG=C.UTF-8
	UNIT
	# Nothing here needs devices or files from them, and emulated they take minutes.
	for unit in udevd udev-trigger tmpfiles-setup tmpfiles-setup-dev hwdb-update journal-catalog-update; do
		ln -s /dev/null "$units/systemd-$unit.service"
	done
	ln -s /dev/null "$units/console-getty.service"
	ln -s ../vm.service "$units/multi-user.target.wants/vm.service"
	exec switch_root /root /lib/systemd/systemd
}

mount -t virtiofs -o ro host /host || finish 200
[ -z "$EXPORTER_TREE" ] || start_systemd
furnish /host
mount -t bpf bpf /host/sys/fs/bpf
mount -t tracefs tracefs /host/sys/kernel/tracing
mount -t cgroup2 cgroup2 /host/sys/fs/cgroup
ip link set lo up
cp /script /host/run/script
chroot /host /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 \
	/bin/sh /run/script </host/dev/null >&3 3>&-
finish $?
