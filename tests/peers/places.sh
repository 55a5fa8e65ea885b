# Where systems keep the programs of the peers. To be sourced by bash.

# The first of these that there is: a path, or the name of a program.
first_of() {
    local candidate
    for candidate in "$@"; do
        if { [[ $candidate == /* ]] && [ -e "$candidate" ]; } || command -v "$candidate" >/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "none of these is there: $*" >&2
    return 1
}

chromium_program() { first_of chromium chromium-browser; }
httpd_program() { first_of /usr/sbin/apache2 /usr/sbin/httpd; }
httpd_modules() { first_of /usr/lib/apache2/modules /usr/lib64/httpd/modules; }
tomcat_home() { first_of /usr/share/tomcat10 /usr/share/tomcat; }
tomcat_examples() { first_of /usr/share/tomcat10-examples/examples /usr/share/tomcat/webapps/examples; }
