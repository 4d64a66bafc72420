#!/usr/bin/env bash
# Debian packages that only the tests need: a browser, PDF and DICOM judges, video tools, a PACS.
# Installs what is missing where it may; says clearly what is missing where it may not. In CI a missing one fails.
set -uo pipefail

declare -A package=(
  [chromium]=chromium [pdftoppm]=poppler-utils [qpdf]=qpdf [ffmpeg]=ffmpeg
  [dcmdump]=dcmtk [dciodvfy]=dicom3tools [Orthanc]=orthanc
)
dicomweb=/usr/share/orthanc/plugins/libOrthancDicomWeb.so
missing() {
  for tool in "${!package[@]}"; do command -v "$tool" >/dev/null 2>&1 || echo "${package[$tool]}"; done
  [ -e "$dicomweb" ] || echo orthanc-dicomweb
}

wanted=$(missing)
[ -z "$wanted" ] && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing Debian packages for the tests: $(echo $wanted)"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null 2>&1
  # shellcheck disable=SC2086
  apt-get install -y -qq --no-install-recommends $wanted >/dev/null 2>&1
  wanted=$(missing)
  [ -z "$wanted" ] && exit 0
fi
echo "Not installed, and not mine to install here: $(echo $wanted). Tests that need them are skipped." >&2
echo "On Debian or Ubuntu: sudo apt-get install $(echo $wanted)" >&2
[ -n "${CI:-}" ] && exit 1
exit 0
