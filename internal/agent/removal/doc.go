// Package removal removes what steps leave: a directory with everything in it, whatever its permissions, and nothing that it merely leads to.
package removal
