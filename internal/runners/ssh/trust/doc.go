// Package trust judges the keys that hosts show, by files in the format of OpenSSH's known_hosts (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"):
// hashed names, patterns, certificate authorities and revoked keys included. A key that is refused is refused with what to do.
package trust
