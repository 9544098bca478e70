// Package enginetest plays the daemons and the faults that tests of the drivers for Docker and Podman have in common, on real engines.
package enginetest
