// Package policy judges a bundle before anything runs: a table of rules, each of which looks for one thing,
// and a profile that says how much each finding weighs.
//
// It refuses to know runners, files and configuration formats, and it never changes a bundle. What a bundle
// must keep in any case are not rules of a policy but faults, which package bundle names.
//
// To add a rule, write its function and give it a line in the table of rules.go.
package policy
