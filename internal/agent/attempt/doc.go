// Package attempt owns proofs that a sandbox holds: each tries something that a confined step must not be able to do, as a process of that
// sandbox. It refuses to know what of it is promised where: a driver asks for what it promises.
package attempt
