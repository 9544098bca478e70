// Package spool owns output that nobody has acknowledged yet: it keeps each stream's bytes, by their offset, in memory and beyond that in
// one unnamed file, within a bound that all streams of a sandbox share. It refuses to know who prints and who reads.
//
// When the bound is reached an append waits, so whoever prints stands still. That, too, is what happens when the file's disk is full.
package spool
