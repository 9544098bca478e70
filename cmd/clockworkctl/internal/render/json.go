package render

import (
	"encoding/json"
	"io"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// jsonRenderer prints one document.
type jsonRenderer struct {
	out    io.Writer
	record record
}

func (r *jsonRenderer) Event(event *clockworkv1.Event) error {
	r.record.take(event)
	return nil
}

// Ended prints the execution's document. Of an execution whose end was not seen there is none: the failure stands for it.
func (r *jsonRenderer) Ended() error {
	if !r.record.ended {
		return nil
	}
	return r.print(executionDocumentOf(&r.record.execution))
}

func (r *jsonRenderer) Show(view View) error {
	return r.print(view.Document)
}

func (r *jsonRenderer) Fail(failure Failure) error {
	return r.print(failure.document())
}

func (r *jsonRenderer) print(document any) error {
	encoder := json.NewEncoder(r.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
