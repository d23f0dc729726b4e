#!/bin/sh
# A process as a container would run it: a root of its own that cannot be written, no rights, no other user's files.
# Environment: BOX_USER uid:gid; BOX_APP folder seen as /app, BOX_APP_MODE ro|rw; BOX_NODE node's program; BOX_HOSTS
# file seen as /etc/hosts; BOX_SECRETS folder copied to /run/secrets; BOX_BINDS "source target" lines, read-only;
# BOX_TMPFS "target options" lines; BOX_FILES how many files it may open. Arguments: the command.
set -eu
new=$BOX_ROOT
mount -t tmpfs -o mode=755,size=512m tmpfs "$new"
mkdir -p "$new/usr" "$new/etc" "$new/proc" "$new/dev" "$new/tmp" "$new/run/secrets" "$new/app" "$new/opt/node" "$new/var" "$new/root"
for link in bin sbin lib lib64; do cp -a "/$link" "$new/$link"; done
mount --bind /usr "$new/usr"
mount -o remount,bind,ro "$new/usr"
mount --bind /etc "$new/etc"
mount -o remount,bind,ro "$new/etc"
mount --bind "$BOX_HOSTS" "$new/etc/hosts"
mount --rbind /proc "$new/proc"
mount --rbind /dev "$new/dev"
: >"$new/opt/node/node"
mount --bind "$BOX_NODE" "$new/opt/node/node"
[ -z "${BOX_SECRETS:-}" ] || cp -r "$BOX_SECRETS/." "$new/run/secrets/"
mount --bind "$BOX_APP" "$new/app"
[ "$BOX_APP_MODE" = rw ] || mount -o remount,bind,ro "$new/app"
echo "${BOX_BINDS:-}" | while read -r source target; do
  [ -n "$source" ] || continue
  mkdir -p "$new$(dirname "$target")"
  if [ -d "$source" ]; then mkdir -p "$new$target"; else : >"$new$target"; fi
  mount --bind "$source" "$new$target"
  mount -o remount,bind,ro "$new$target"
done
echo "${BOX_TMPFS:-}" | while read -r target options; do
  [ -n "$target" ] || continue
  mkdir -p "$new$target"
  mount -t tmpfs -o "$options" tmpfs "$new$target"
done
[ "$BOX_APP_MODE" = rw ] || mount -o remount,ro "$new"
cd "$new"
ulimit -n "$BOX_FILES" 2>/dev/null || ulimit -n "$(ulimit -Hn)"
rights='--bounding-set=-all --inh-caps=-all --ambient-caps=-all'
[ "$BOX_USER" != 0:0 ] || rights='' # an image is built as root
# shellcheck disable=SC2086
exec chroot "$new" /usr/bin/setpriv --reuid="${BOX_USER%:*}" --regid="${BOX_USER#*:}" --clear-groups $rights \
  --no-new-privs --pdeathsig SIGKILL -- \
  /bin/sh -c 'cd /app; for name in $(env | sed -n "s/^\(BOX_[A-Z_]*\)=.*/\1/p"); do unset "$name"; done; exec "$@"' - "$@"
