// Package docker is the driver whose sandboxes are containers of a Docker engine, on this machine or another one.
//
// It owns where the engine is found and what only Docker can do; all else is in package engine.
package docker
