// Package workspace owns the files of a sandbox's workspace: it writes them, and collects them by pattern. No link leads it out of
// the workspace, whoever makes one and whenever. It refuses to know who sends the files and who gets them.
package workspace
