// Package login makes the proofs of who we are to a host: keys in files, encrypted ones too, with their certificates, keys that an agent
// holds, passwords. What is secret is read when it is needed, and shown nowhere.
package login
