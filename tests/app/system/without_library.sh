#!/bin/sh
# Runs a command where the system lacks a library and is called another distribution, in a mount
# namespace: without_library.sh EMPTY-FOLDER LIBRARY OS-RELEASE COMMAND…
set -eu
folder=$1 library=$2 release=$3
shift 3
where=$(dirname "$library")
mkdir "$folder/real" "$folder/shown"
mount --bind "$where" "$folder/real"
ln -s "$folder/real/"* "$folder/shown/"
rm -f "$folder/shown/$(basename "$library")"
mount --bind "$folder/shown" "$where"
mount --bind "$release" /etc/os-release
exec "$@"
