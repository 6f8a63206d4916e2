#!/bin/bash
# Starts a province's broker. The first time it makes the log, with every user of the cluster: one file each, whose name is the
# user's and whose content the password.
set -euo pipefail

users=()
for file in /var/lib/chuanyu/users/*; do
  users+=(--add-scram "SCRAM-SHA-512=[name=${file##*/},password=$(<"$file")]")
done
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id "$(</var/lib/chuanyu/cluster-id)" \
  --config /etc/chuanyu/kafka.properties "${users[@]}"
exec /opt/kafka/bin/kafka-server-start.sh /etc/chuanyu/kafka.properties
