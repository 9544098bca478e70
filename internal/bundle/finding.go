package bundle

import (
	"cmp"
	"fmt"
	"slices"
)

// position is a place in a document; line 0 means that there is no document.
type position struct{ line, column int32 }

func (p position) compare(q position) int {
	return cmp.Or(cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column))
}

// finding is a fault while its place is still known.
type finding struct {
	path    jsonPath
	message string
	at      position
}

// findings collects up to limit faults and remembers that there are more.
type findings struct {
	limit int
	list  []finding
	more  bool
}

// add notes a fault. Beyond the limit it costs next to nothing, so that a bundle of a million faults is no burden.
func (f *findings) add(path jsonPath, at position, format string, args ...any) {
	if len(f.list) >= f.limit {
		f.more = true
		return
	}
	f.list = append(f.list, finding{path: path, message: fmt.Sprintf(format, args...), at: at})
}

// err returns the faults, sorted, as an error; nil if there are none.
func (f *findings) err() error {
	if len(f.list) == 0 && !f.more {
		return nil
	}
	slices.SortStableFunc(f.list, func(a, b finding) int {
		return cmp.Or(a.at.compare(b.at), a.path.compare(b.path))
	})
	faults := make(Faults, 0, len(f.list)+1)
	for _, found := range f.list {
		message := found.message
		if found.at.line > 0 {
			message += fmt.Sprintf(" (line %d, column %d)", found.at.line, found.at.column)
		}
		faults = append(faults, Fault{Path: found.path.String(), Message: message})
	}
	if f.more {
		faults = append(faults, Fault{Path: root.String(), Message: "has more faults than these; mend them first"})
	}
	return faults
}
