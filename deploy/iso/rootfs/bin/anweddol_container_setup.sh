#!/bin/sh
# anweddol_container_setup.sh USER PASSWORD PORT
# Hands the container over, once: makes USER the only account that can log in, on PORT, and locks `endpoint` for ever.
# Success prints nothing and exits 0. Anything else prints one line on stderr, exits 1 and leaves everything as it was.
set -u
export PATH=/bin LC_ALL=C
umask 022

refuse() {
	echo "anweddol_container_setup.sh: $1" >&2
	exit 1
}

# check USER PASSWORD PORT: nothing but plain words may reach the account files.
check() {
	case $1 in '' | [!a-z_]* | *[!a-z0-9_]*) refuse 'the user name must match [a-z_][a-z0-9_]{0,31}' ;; esac
	[ ${#1} -le 32 ] || refuse 'the user name is longer than 32 characters'
	case $2 in *[!A-Za-z0-9]*) refuse 'the password may hold letters and digits only' ;; esac
	if [ ${#2} -lt 8 ] || [ ${#2} -gt 256 ]; then refuse 'the password must have 8 to 256 characters'; fi
	case $3 in '' | 0* | *[!0-9]* | ??????*) refuse 'the port must be a number from 1 to 65535' ;; esac
	[ "$3" -le 65535 ] || refuse 'the port must be a number from 1 to 65535'
}

# is_listening PORT: the kernel's tables hold the port in hexadecimal, and 0A for "listens".
is_listening() {
	grep -qE "^ *[0-9]+: [0-9A-F]+:$(printf %04X "$1") [0-9A-F]+:0000 0A " /proc/net/tcp /proc/net/tcp6
}

# move_ssh PORT: ends the listener, not its sessions; init starts it again, and it then reads the new port.
move_ssh() {
	read -r old_port </etc/ssh/port
	[ "$old_port" != "$1" ] || return 0
	! is_listening "$1" || fail "port $1 is in use"
	restart_ssh "$1"
	tries=0
	until is_listening "$1"; do
		tries=$((tries + 1))
		if [ "$tries" -gt 100 ]; then
			restart_ssh "$old_port"
			fail "SSH does not listen on port $1"
		fi
		usleep 100000
	done
}

restart_ssh() {
	echo "$1" >/etc/ssh/port
	kill "$(cat /run/sshd.pid)"
}

# make_user USER PASSWORD: prepares the account files beside the real ones. The password is hashed with few rounds because it
# is random, and only USER, who is root here, can ever read the hash.
make_user() {
	read -r salt </proc/sys/kernel/random/uuid
	hash=$(printf '%s' "$2" | mkpasswd -m sha512 -P 0 -S "rounds=1000\$${salt%%-*}") || return
	{
		sed 's|^endpoint:.*|endpoint:x:1000:1000:endpoint:/:/bin/nologin|' /etc/passwd
		echo "$1:x:1001:1001:$1:/home/$1:/bin/sh"
	} >/etc/passwd.new || return
	{
		sed "s|^\(ssh-login:.*:\)endpoint$|\1$1|; s|^\(sudo:.*:\)$|\1$1|" /etc/group
		echo "$1:x:1001:"
	} >/etc/group.new || return
	{
		sed 's|^endpoint:.*|endpoint:!:19000::::::|' /etc/shadow
		echo "$1:$hash:19000::::::"
	} >/etc/shadow.new || return
	chmod 600 /etc/shadow.new && grep -v '^endpoint ' /etc/sudoers >/etc/sudoers.new && chmod 440 /etc/sudoers.new || return
	mkdir -m 700 "/home/$1" && chown 1001:1001 "/home/$1"
}

# The group decides who may log in: it comes last, when the user it names exists.
install_accounts() {
	for file in passwd shadow sudoers group; do mv "/etc/$file.new" "/etc/$file" || return; done
}

# processes_of_endpoint [SPARED]: every process of endpoint, except SPARED and its ancestors.
processes_of_endpoint() {
	cat /proc/[0-9]*/status 2>/dev/null | awk -v pid="${1:-0}" '
		/^Pid:/ { current = $2 }
		/^PPid:/ { parent[current] = $2 }
		/^Uid:/ && ($2 == 1000 || $3 == 1000) { theirs[current] }
		END {
			for (; pid in parent; pid = parent[pid]) delete theirs[pid]
			for (p in theirs) print p
		}'
}

# Whoever else is logged in as endpoint is thrown out now. The session that called has until shortly after its answer; a
# login that was just going through when the account was locked goes with it.
end_sessions() {
	processes_of_endpoint $$ | xargs -r kill -9 2>/dev/null
	{
		sleep 10
		processes_of_endpoint | xargs -r kill -9
	} </dev/null >/dev/null 2>&1 &
}

# fail MESSAGE: refuses, and gives the right to try again back.
fail() {
	rm -f /etc/passwd.new /etc/group.new /etc/shadow.new /etc/sudoers.new
	rmdir "$claim"
	refuse "$1"
}

[ $# -eq 3 ] || refuse 'usage: anweddol_container_setup.sh USER PASSWORD PORT'
[ "$(id -u)" -eq 0 ] || refuse 'must run as root: use sudo'
check "$@"

claim=/run/anweddol_container_setup
mkdir "$claim" 2>/dev/null || refuse 'this container is handed over already'
! grep -q "^$1:" /etc/passwd /etc/group || fail "the name $1 is taken"
move_ssh "$3"
make_user "$1" "$2" || fail 'the account could not be made'
install_accounts || fail 'the account could not be made'
ln -sf /etc/boot/end /bin/reboot
end_sessions
exit 0
