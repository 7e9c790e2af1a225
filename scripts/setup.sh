#!/usr/bin/env bash
# Installs what building (`setup.sh build`) or testing (`setup.sh test`) needs
# on Debian or Ubuntu, and nothing that is there already.
set -euo pipefail

# espeak-ng speaks the notices of a server that is given no recordings of them.
build_packages=(gcc libc6-dev pkg-config libopus-dev espeak-ng)
test_packages=(age chromium curl ffmpeg firefox-esr fonts-dejavu-core iproute2 iptables libopusfile-dev openssl opus-tools postgresql prometheus python3-aiortc python3-websockets softhsm2 sox)

minio_version=v0.0.0-20260212201848-7aac2a2c5b7c
staticcheck_version=v0.8.0
pebble_version=v2.10.1
cache="${XDG_CACHE_HOME:-$HOME/.cache}/parley/bin"

die() { echo "setup: $*" >&2; exit 1; }

missing() {
	local p
	for p in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || echo "$p"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
	local want
	want=$(missing "$@")
	[ -n "$want" ] || return 0
	command -v apt-get >/dev/null || die "install these packages and run again:" $want
	[ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "as root, run: apt-get install" $want
	echo "setup: installing" $want
	as_root apt-get update -qq
	case " $want " in *[[:space:]]postgresql[[:space:]]*) no_postgresql_cluster ;; esac
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		-o Dpkg::Options::=--force-confold $want >/dev/null
}

# The tests start PostgreSQL servers of their own. Debian's package would make
# and start one for the machine, too, if this did not keep it from that.
no_postgresql_cluster() {
	local conf=/etc/postgresql-common/createcluster.conf
	[ ! -e "$conf" ] || return 0
	as_root mkdir -p "${conf%/*}"
	echo 'create_main_cluster = false' | as_root tee "$conf" >/dev/null
}

need_tools() {
	command -v go >/dev/null || die "Go 1.26 or newer is needed: https://go.dev/doc/install"
	command -v node >/dev/null || die "Node.js 20.19 or newer is needed: https://nodejs.org"
	node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||a==20&&b>=19?0:1)' ||
		die "Node.js $(node --version) is too old, 20.19 or newer is needed: https://nodejs.org"
}

# Ubuntu's own chromium package installs a snap, which tests cannot start as
# root; there the tests say what to do.
install_minio() {
	[ -x "$cache/minio" ] && return 0
	echo "setup: building the MinIO server for the tests, about five minutes, once"
	mkdir -p "$cache"
	GOFLAGS= GOBIN="$cache" go install "github.com/minio/minio@$minio_version"
}

install_staticcheck() {
	[ -x "$cache/staticcheck" ] && "$cache/staticcheck" -version | grep -qF "(${staticcheck_version#v})" && return 0
	echo "setup: building staticcheck"
	GOFLAGS= GOBIN="$cache" go install "honnef.co/go/tools/cmd/staticcheck@$staticcheck_version"
}

# The ACME server that the tests get certificates from.
install_pebble() {
	[ -x "$cache/pebble" ] && return 0
	echo "setup: building the ACME server for the tests"
	GOFLAGS= GOBIN="$cache" go install "github.com/letsencrypt/pebble/v2/cmd/pebble@$pebble_version"
}

need_tools
case "${1:-}" in
build) install_packages "${build_packages[@]}" ;;
test)
	install_packages "${build_packages[@]}" "${test_packages[@]}"
	install_minio
	install_staticcheck
	install_pebble
	;;
*) die "say build or test" ;;
esac
