#!/usr/bin/env bash
# Installs what the tests run besides Node and the control plane, where it is not there: from Debian's packages.
# Without Chromium no test of the page of `ringfence graph` can run, so that is an error (RINGFENCE_CHROMIUM names another
# browser of its kind). What is missing of the rest is told, and the tests that need it are skipped and named at the end.
set -euo pipefail
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# command: the Debian packages that bring it
needs=(
  'chromium: chromium fonts-dejavu-core'
  'fish: fish'
  'zsh: zsh'
  'script: bsdutils'
)

# What a node runs (e2e/node), on Linux as root; elsewhere its tests are skipped, and say why.
if [ "$(uname)" = Linux ] && [ "$(id -u)" = 0 ]; then
  needs+=(
    'runc: runc'
    'iptables: iptables'
    'ipset: ipset'
    'nft: nftables'
    'conntrack: conntrack'
    'ip: iproute2'
    '/usr/lib/cni/bridge: containernetworking-plugins'
  )
  [ -x /opt/cni/bin/bridge ] && unset 'needs[-1]'
fi

missing=()
packages=()
for need in "${needs[@]}"; do
  command=${need%%:*}
  [ "$command" = chromium ] && command=${RINGFENCE_CHROMIUM:-chromium}
  if command -v "$command" > /dev/null; then continue; fi
  missing+=("$command")
  # shellcheck disable=SC2206 # one word is one package
  packages+=(${need#*:})
done
[ ${#missing[@]} != 0 ] || exit 0

give_up() {
  echo "the tests run ${missing[*]}, and $1: install what is missing (on Debian: apt-get install ${packages[*]})" >&2
  for command in "${missing[@]}"; do
    if [ "$command" = "${RINGFENCE_CHROMIUM:-chromium}" ]; then
      echo "the page of \`ringfence graph\` can't be tested without Chromium: name a browser of its kind in RINGFENCE_CHROMIUM" >&2
      exit 1
    fi
  done
  echo 'the tests that need them are skipped' >&2
  exit 0
}

if [ -n "${RINGFENCE_CHROMIUM:-}" ] && ! command -v "$RINGFENCE_CHROMIUM" > /dev/null; then
  give_up "RINGFENCE_CHROMIUM names \`$RINGFENCE_CHROMIUM\`, which is not there"
fi
command -v apt-get > /dev/null || give_up 'there is no apt-get here'
as_root=()
if [ "$(id -u)" != 0 ]; then
  sudo -n true 2> /dev/null || give_up 'installing them needs root, or sudo without a password'
  as_root=(sudo -n env)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq || give_up '`apt-get update` failed'
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" > /dev/null || give_up '`apt-get install` failed'
for command in "${missing[@]}"; do command -v "$command" > /dev/null || give_up "apt-get installed no \`$command\`"; done
