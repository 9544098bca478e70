// Package podman is the driver whose sandboxes are containers of Podman, with or without root's rights.
//
// It owns where Podman's service is found and what only Podman can do; all else is in package engine.
package podman
