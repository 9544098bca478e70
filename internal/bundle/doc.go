// Package bundle owns the input: it decodes a document, checks every rule that a bundle must keep, and
// turns it into the one form that the rest of the daemon works with.
//
// There are two halves. [Decode] reads a document, JSON or YAML, into the public message; it knows the
// fields' names and types. [Normalize] turns a message, from wherever it came, into a [Bundle]; it knows
// the rules. [Parse] does both and is for those who hold a document. Either half names every fault at
// once, each by its JSON path (see [Fault]).
//
// Decisions that the rules rest on:
//
//   - A document that begins with "{" or "[" is JSON, any other is YAML (1.2, core schema: yes, no and on
//     are strings, and so are dates). YAML brings no types of its own: tags, aliases, merge keys and a
//     second document are refused. A number that JSON could not spell (0755, 0x1f, .inf) must be quoted.
//   - null means absent, in vars too. In a list and in env it is refused: leave the element out.
//   - What Decode accepts of JSON, protojson accepts with an equal result. Therefore vars and "on" take
//     integers by value (1e3 is 1000), up to 2^53 in magnitude; all other numbers must be quoted.
//   - An empty string is the same as an absent one: a protobuf message cannot tell them apart. Where the
//     document can still tell (cmd: [], multiplier: 0), Decode refuses what would vanish.
//   - A column counts bytes in JSON and characters in YAML; both start at 1.
//
// It knows nothing of runners, policies or executions, and touches no file but the bytes it is given.
package bundle
