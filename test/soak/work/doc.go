// Package work is what a step of the soak test has to do, and what it says it has done. The test and the program that it runs
// as a step agree on it here; neither knows how the other goes about its part.
package work
