package harness

import "crypto/rand"

// Mark returns a text that occurs nowhere else on this machine: a process that carries it belongs to who drew it.
func Mark() string { return "e2e-" + rand.Text() }
