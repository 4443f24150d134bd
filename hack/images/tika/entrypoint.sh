#!/bin/sh
# Listens on every address, as the upstream image does, unless TIKA_HOST says otherwise; a configuration given as `-c FILE` replaces the built-in one.
case " $* " in
  *' -c '*|*' --config '*) ;;
  *) set -- -c /etc/tika/tika-config.xml "$@" ;;
esac
exec java -Xmx256m -XX:+UseSerialGC -cp '/tika-server-standard.jar:/tika-extras/*' org.apache.tika.server.core.TikaServerCli -h "${TIKA_HOST:-0.0.0.0}" "$@"
