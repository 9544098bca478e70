// Package render owns how clockworkctl says things: for a person (tty, plain) and for a program (json, jsonl). The structs
// with json tags in here are the documents that programs rely on; testdata holds one of each.
//
// Their conventions: every field is present, also when it is zero; integers are numbers; statuses are words; points in
// time are seconds since 1970 and durations seconds, both as floats; null stands for what does not exist (an exit code, a
// start); bytes that are not valid UTF-8 are replaced where a field is for reading.
//
// It refuses to know where its facts come from, and never ends the process.
package render
