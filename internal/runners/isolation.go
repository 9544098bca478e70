package runners

import "fmt"

var isolationNames = map[Isolation]string{
	IsolationNone: "none", IsolationProcess: "process", IsolationContainer: "container", IsolationVM: "vm",
}

// String returns the degree's name, as in requests and configurations.
func (i Isolation) String() string {
	if name, found := isolationNames[i]; found {
		return name
	}
	return fmt.Sprintf("isolation(%d)", int(i))
}
