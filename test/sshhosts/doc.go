// Package sshhosts tells tests of the SSH servers that `test/env up ssh` starts; test/backends/ssh.sh says what each is like.
package sshhosts
