// Command bench measures what Clockwork promises about speed and memory, each figure beside a yardstick that is taken in the same
// run: machines differ and are noisy, ratios are less so. It starts a daemon of its own from the project's binaries and talks to
// it as every client does.
//
// A figure and its yardstick take turns for some rounds; the table shows the medians of both, and the median of the rounds' ratios.
package main
