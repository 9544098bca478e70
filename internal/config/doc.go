// Package config owns the daemon's configuration: its keys, their defaults, and how a file, the environment and flags are
// laid over each other. It is strict: every fault is named with its place, all of them at once.
//
// It refuses to know what a value is used for. A driver's own keys are kept as they are written, until the driver's
// options are decoded from them.
//
// Why no configuration library: those merge maps of plain values, and a plain value has forgotten its line. Here each layer
// is decoded from YAML nodes onto the same struct, so that the layering is one call per layer and every fault has its place.
package config
