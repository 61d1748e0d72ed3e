#!/usr/bin/env bash
# Installs what the tests need from Debian: Chromium, Chinese fonts, PostgreSQL's server, Java for Spark.
# Where apt or the right to use it is missing, says so; the tests that need a part then skip with their reason.
set -euo pipefail
wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || wanted+=(fonts-noto-cjk)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted+=(postgresql)
command -v java >/dev/null || wanted+=(default-jre-headless)
if [ "${#wanted[@]}" -eq 0 ]; then exit 0; fi
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "not installed, and apt-get as root is not at hand: ${wanted[*]}" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
