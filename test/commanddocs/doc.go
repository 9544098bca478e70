// Package commanddocs keeps the pages about the commands, docs/commands and docs/man, equal to what the commands say of themselves. It
// is for the tests of the programs, which fail when a page has drifted and write it anew when they are told to (make docs).
package commanddocs
