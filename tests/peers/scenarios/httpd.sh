# How Apache httpd is started. To be sourced after common.sh.

httpd() {
    # With its time: what changed this second has a weak ETag.
    cp -R --preserve=timestamps "$site" "$peers/apache/httpd.conf" "$work"
    MODULES=$(httpd_modules)
    export MODULES SITE=$work/site WORK=$work
    local program user=()
    program=$(httpd_program)
    # It refuses to serve as root, and needs nothing that root may. An ordinary user in a namespace it is where one may be
    # made, a real one otherwise.
    if [ "$(id -u)" -eq 0 ]; then
        user=(unshare --user --map-user=1000 --map-group=1000)
        if ! "${user[@]}" true 2>/dev/null; then
            chown -R 1000:1000 "$work"
            user=(setpriv --reuid=1000 --regid=1000 --clear-groups)
        fi
    fi
    serve 8080 ${user[@]+"${user[@]}"} "$program" -d "$work" -f "$work/httpd.conf" -D FOREGROUND "$@"
}
