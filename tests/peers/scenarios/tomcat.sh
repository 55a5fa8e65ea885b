# How Tomcat is started. To be sourced after common.sh.

tomcat() {
    local home examples
    home=$(tomcat_home)
    examples=$(tomcat_examples)
    mkdir "$work/conf" "$work/temp" "$work/logs"
    cp "$peers/tomcat/server.xml" "$peers/tomcat/web.xml" "$work/conf/"
    serve 8080 java -Dcatalina.home="$home" -Dcatalina.base="$work" -Djava.io.tmpdir="$work/temp" \
        -Dsite="$site" -Dexamples="$examples" -cp "$home/bin/bootstrap.jar:$home/bin/tomcat-juli.jar" \
        org.apache.catalina.startup.Bootstrap start
}
