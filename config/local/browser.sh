#!/usr/bin/env bash
# Finds Chromium and a Chinese font for the browser tests. As root on Debian it installs what is missing.
set -euo pipefail

fail() { echo "$1" >&2; exit 1; }
has_chromium() { [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }
has_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]; }

missing=()
has_chromium || missing+=(chromium)
has_font || missing+=(fontconfig fonts-noto-cjk)
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "The browser tests need Chromium and a Chinese font. Install: ${missing[*]}, or set CHROMIUM=/path/to/chromium."
    fi
    echo "Installing ${missing[*]} …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
has_chromium || fail "Chromium is still not found; set CHROMIUM=/path/to/chromium."
has_font || fail "No Chinese font is found; install fonts-noto-cjk."
