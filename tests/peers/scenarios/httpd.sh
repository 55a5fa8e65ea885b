# How Apache httpd is started. To be sourced after common.sh.

httpd() {
    MODULES=$(httpd_modules)
    export MODULES SITE=$site WORK=$work
    local program user=()
    program=$(httpd_program)
    # It refuses to serve as root, and needs nothing that root may.
    if [ "$(id -u)" -eq 0 ]; then
        user=(unshare --user --map-user=1000 --map-group=1000)
    fi
    serve 8080 ${user[@]+"${user[@]}"} "$program" -d "$work" -f "$peers/apache/httpd.conf" -D FOREGROUND "$@"
}
