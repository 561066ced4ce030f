#!/bin/sh
# Installs a built SantaBPF as a systemd service, or upgrades it. Existing files in /etc are kept.
#   npm run build && sudo deployments/systemd/install.sh
# DESTDIR=FOLDER installs into a folder, for packages and images, without calling systemd.
set -eu
umask 022

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
destination=${DESTDIR:-}
node=${NODE:-$(command -v node || true)}

fail() {
	echo "install.sh: $*" >&2
	exit 1
}
[ -n "$destination" ] || [ "$(id -u)" = 0 ] || fail 'Expected to be run as root but received another user. Use sudo, or give DESTDIR.'
case $node in
'') fail 'Expected node on the PATH but received none. Give NODE, or sudo env "PATH=$PATH".' ;;
/home/* | /root/* | /tmp/*) fail "Expected a Node.js that the service can see but received $node. Install it for the whole system, or give NODE." ;;
esac

# The new tree is complete before it replaces the old one.
new=$destination/opt/santabpf.new
rm -rf "$new"
"$node" "$here/../stage.mjs" "$new"
mkdir -p "$new/docs"
cp "$root"/docs/*.md "$new/docs/"
rm -rf "$destination/opt/santabpf.old"
[ ! -e "$destination/opt/santabpf" ] || mv "$destination/opt/santabpf" "$destination/opt/santabpf.old"
mv "$new" "$destination/opt/santabpf"
rm -rf "$destination/opt/santabpf.old"

mkdir -p "$destination/etc/santabpf/probes" "$destination/etc/default" \
	"$destination/usr/lib/sysusers.d" "$destination/usr/lib/systemd/system"
[ -e "$destination/etc/santabpf/santabpf.yaml" ] ||
	sed 's|^probe_path: .*|probe_path: [probes, /opt/santabpf/config/probes]|; s|\$schema=|$schema=/opt/santabpf/config/|' \
		"$root/config/santabpf.yaml" >"$destination/etc/santabpf/santabpf.yaml"
[ -e "$destination/etc/default/santabpf" ] || cp "$here/santabpf.default" "$destination/etc/default/santabpf"
mkdir -p "$destination/usr/share/santabpf/drop-ins"
cp "$here"/drop-ins/*.conf "$destination/usr/share/santabpf/drop-ins/"
cp "$here/santabpf.sysusers" "$destination/usr/lib/sysusers.d/santabpf.conf"
sed "s|^ExecStart=/usr/bin/node |ExecStart=$node |" "$here/santabpf.service" \
	>"$destination/usr/lib/systemd/system/santabpf.service"

[ -z "$destination" ] || exit 0
systemd-sysusers santabpf.conf
systemctl daemon-reload
systemctl try-restart santabpf
if [ "$(cat /proc/sys/kernel/perf_event_paranoid)" -gt 2 ]; then
	echo 'kernel.perf_event_paranoid is above 2 here: the probe profile will be unsupported without CAP_SYS_ADMIN.'
	echo 'docs/deployments.md, "Capabilities", has the two ways to have it.'
fi
echo 'Installed. To start it now and at every boot: systemctl enable --now santabpf'
