#!/usr/bin/env bash
# Installs Chromium, in which the page of `ringfence graph` is tested, where there is none: from Debian's packages.
# RINGFENCE_CHROMIUM names another browser of its kind.
set -euo pipefail

wanted=${RINGFENCE_CHROMIUM:-chromium}
if command -v "$wanted" > /dev/null; then exit 0; fi

give_up() {
  echo "the page of \`ringfence graph\` is tested in Chromium, and $1: install it (on Debian: apt-get install chromium), or name" \
    "a Chromium or Chrome in RINGFENCE_CHROMIUM" >&2
  exit 1
}

if [ -n "${RINGFENCE_CHROMIUM:-}" ]; then give_up "RINGFENCE_CHROMIUM names \`$RINGFENCE_CHROMIUM\`, which is not there"; fi
command -v apt-get > /dev/null || give_up 'there is neither Chromium nor apt-get here'
as_root=()
if [ "$(id -u)" != 0 ]; then
  sudo -n true 2> /dev/null || give_up 'installing it needs root, or sudo without a password'
  as_root=(sudo -n env)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq || give_up '`apt-get update` failed'
"${as_root[@]}" apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core > /dev/null || give_up '`apt-get install chromium` failed'
command -v chromium > /dev/null || give_up 'apt-get installed no `chromium`'
