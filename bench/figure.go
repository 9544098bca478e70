package main

import (
	"fmt"
	"slices"
)

// Figure is one row of the table. Durations are in ms, sizes in MiB, rates per second.
type Figure struct {
	Name string `json:"name"`
	// Value is the median of what was measured.
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Yardstick names what it is compared with; empty where the target is a bound of the value itself.
	Yardstick      string  `json:"yardstick,omitempty"`
	YardstickValue float64 `json:"yardstick_value,omitempty"`
	// Ratio is the median of Value/YardstickValue over the rounds.
	Ratio float64 `json:"ratio,omitempty"`
	// Target is what Ratio (Value without a yardstick) has to reach.
	Target Target `json:"target"`
	Met    bool   `json:"met"`
}

// Target is a bound.
type Target struct {
	AtMost  float64 `json:"at_most,omitempty"`
	AtLeast float64 `json:"at_least,omitempty"`
}

func atMost(bound float64) Target  { return Target{AtMost: bound} }
func atLeast(bound float64) Target { return Target{AtLeast: bound} }

// meets tells whether a figure reaches the target.
func (t Target) meets(figure float64) bool {
	return (t.AtMost == 0 || figure <= t.AtMost) && (t.AtLeast == 0 || figure >= t.AtLeast)
}

// String writes the target as a condition.
func (t Target) String() string {
	if t.AtMost > 0 {
		return fmt.Sprintf("≤ %.4g", t.AtMost)
	}
	return fmt.Sprintf("≥ %.4g", t.AtLeast)
}

// samples are the measurements of one thing, a value for each round.
type samples []float64

func (s samples) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// over divides round by round.
func (s samples) over(yardstick samples) samples {
	ratios := make(samples, len(s))
	for i := range s {
		ratios[i] = s[i] / yardstick[i]
	}
	return ratios
}

// minus subtracts round by round.
func (s samples) minus(other samples) samples {
	differences := make(samples, len(s))
	for i := range s {
		differences[i] = s[i] - other[i]
	}
	return differences
}

// compared makes the figure of what was measured beside a yardstick.
func compared(name, unit string, values samples, yardstick string, yardsticks samples, target Target) Figure {
	ratio := values.over(yardsticks).median()
	return Figure{
		Name: name, Value: values.median(), Unit: unit, Yardstick: yardstick, YardstickValue: yardsticks.median(),
		Ratio: ratio, Target: target, Met: target.meets(ratio),
	}
}

// bounded makes the figure of what is bound by itself.
func bounded(name, unit string, values samples, target Target) Figure {
	value := values.median()
	return Figure{Name: name, Value: value, Unit: unit, Target: target, Met: target.meets(value)}
}
