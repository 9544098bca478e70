package executor

// tailSize is how much of the end of an output a result carries, in bytes.
const tailSize = 64 << 10

// tail keeps the end of a stream of bytes. It grows with what it is given and never beyond twice its size.
type tail struct {
	kept  []byte
	total uint64
}

func (t *tail) write(data []byte) {
	t.total += uint64(len(data))
	if len(data) > tailSize {
		data = data[len(data)-tailSize:]
	}
	if len(t.kept)+len(data) > 2*tailSize {
		t.kept = append(t.kept[:0], t.kept[len(t.kept)-(tailSize-min(len(data), tailSize)):]...)
	}
	t.kept = append(t.kept, data...)
}

// bytes returns the end, and whether something came before it.
func (t *tail) bytes() (end []byte, truncated bool) {
	end = t.kept[max(0, len(t.kept)-tailSize):]
	return end, t.total > uint64(len(end))
}
