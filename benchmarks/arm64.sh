#!/usr/bin/env bash
# Does hairtint give the same pictures on a 64-bit Raspberry Pi OS as here? Builds a Debian arm64 root, installs the
# wheel in it, and runs `hairtint image` on the same photos on both sides, the arm64 one under qemu-user. Run as root,
# by hand: it takes a quarter of an hour on an idle machine, and 2 GB. It says nothing about speed: an emulated processor has none to measure.
#
#   sudo benchmarks/arm64.sh [PHOTO…]        default: the bundled portrait
#   ROOT=/var/tmp/there sudo -E benchmarks/arm64.sh    where the root goes; it is removed at the end
#   KEEP=1: leave the root there for the next run; SUITE=trixie: another Debian release
set -euo pipefail
cd "$(dirname "$0")/.."

here=.venv/bin
work=${ROOT:-/var/tmp/hairtint-arm64}
suite=${SUITE:-bookworm}
root=$work/$suite
photos=("${@:-examples/eileen-collins.jpg}")
models=(finest swift light)

for tool in debootstrap qemu-aarch64-static update-binfmts; do
    command -v "$tool" >/dev/null || { echo "needs $tool: apt-get install qemu-user-static debootstrap binfmt-support" >&2; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "run this as root: building a Debian root needs it" >&2; exit 1; }
[ -x $here/hairtint ] || { echo "no hairtint in .venv: make demo" >&2; exit 1; }

clean() { [ -n "${KEEP:-}" ] || rm -rf --one-file-system "$work"; }
trap clean EXIT
mkdir -p "$work"

if [ ! -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]; then
    mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    update-binfmts --enable qemu-aarch64
fi
if [ ! -x "$root/usr/bin/python3" ]; then
    debootstrap --arch=arm64 --variant=minbase --include=python3,python3-venv,ca-certificates "$suite" "$root" >"$work/debootstrap.log"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"

there() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 chroot "$root" "$@"; }

rm -rf "$root/exchange" "$work/x86"
mkdir -p "$root/exchange" "$work/x86"
$here/python -m pip wheel --quiet --no-deps --wheel-dir "$root/exchange" .
cp constraints.txt "$root/exchange"
[ -x "$root/venv/bin/python" ] || there python3 -m venv /venv
there /venv/bin/pip install --quiet --disable-pip-version-check --cert /etc/ssl/certs/ca-certificates.crt \
    --no-cache-dir --constraint /exchange/constraints.txt --force-reinstall "/exchange/$(basename "$root"/exchange/hairtint-*.whl)"

versions='import platform, sys, numpy, cv2, hairtint, onnxruntime, PIL  # hairtint first: it switches telemetry off
print(platform.machine(), "Python", platform.python_version(), "numpy", numpy.__version__, "OpenCV", cv2.__version__,
      "ONNX Runtime", onnxruntime.__version__, "Pillow", PIL.__version__)'
$here/python -c "$versions"
there /venv/bin/python -c "$versions"

# Here, too, by ONNX Runtime: OpenVINO may compute in bfloat16, and what is compared are the processors.
plain='import sys; sys.modules["openvino"] = None; from hairtint.cli import main; sys.exit(main())'
for photo in "${photos[@]}"; do
    name=$(basename "$photo")
    cp "$photo" "$root/exchange/$name"
    for model in "${models[@]}"; do
        choice=(); [ "$model" = finest ] || choice=(--model "$model")
        options=(-c copper --mask --force --quiet "${choice[@]}")
        out=${name%.*}-$model.png
        $here/python -c "$plain" image "$photo" "${options[@]}" -o "$work/x86/$out"
        there /venv/bin/hairtint image "/exchange/$name" "${options[@]}" -o "/exchange/$out"
    done
done
cp benchmarks/same_stages.py "$root/exchange"
$here/python benchmarks/same_stages.py write "${photos[0]}" "$work/x86/stages.npz"
there /venv/bin/python /exchange/same_stages.py write "/exchange/$(basename "${photos[0]}")" /exchange/stages.npz

$here/python benchmarks/same_stages.py compare "$work/x86/stages.npz" "$root/exchange/stages.npz"
$here/python benchmarks/same_pictures.py "$work/x86" "$root/exchange"
