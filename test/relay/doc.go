// Package relay is a line between two ends that a test can delay, cut and mend: a TCP relay on loopback. It stands for the network where
// that cannot be asked to be slow or broken.
package relay
